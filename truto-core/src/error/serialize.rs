//! Serialization of errors, for the user's problem details, queues and logs.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{ApiError, ErrorInsight, ErrorKind};

impl Serialize for ErrorKind {
    /// The word of [`as_str`](Self::as_str).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for ApiError {
    /// All fields by their names, the status as a number. The body may hold personal data.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("ApiError", 9)?;
        fields.serialize_field("status", &self.status.as_u16())?;
        fields.serialize_field("error", &self.error)?;
        fields.serialize_field("message", &self.message)?;
        fields.serialize_field("is_remote", &self.is_remote)?;
        fields.serialize_field("raw_response", &self.raw_response)?;
        fields.serialize_field("insight", &self.insight)?;
        fields.serialize_field("details", &self.details)?;
        fields.serialize_field("rate_limit", &self.rate_limit)?;
        fields.serialize_field("body", &self.body)?;
        fields.end()
    }
}

impl Serialize for ErrorInsight {
    /// All fields by their names.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("ErrorInsight", 7)?;
        fields.serialize_field(
            "missing_required_query_parameters",
            &self.missing_required_query_parameters,
        )?;
        fields
            .serialize_field("missing_required_body_fields", &self.missing_required_body_fields)?;
        fields.serialize_field(
            "conditionally_required_query_parameters",
            &self.conditionally_required_query_parameters,
        )?;
        fields.serialize_field(
            "conditionally_required_body_fields",
            &self.conditionally_required_body_fields,
        )?;
        fields.serialize_field("missing_scopes", &self.missing_scopes)?;
        fields.serialize_field("descriptions", &self.descriptions)?;
        fields.serialize_field("other", &self.other)?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn an_api_error_is_serialized_with_all_fields() {
        let mut api = ApiError::new(StatusCode::CONFLICT, "taken");
        api.insight = Some(ErrorInsight::default());
        let json = serde_json::to_value(&api).expect("JSON");
        assert_eq!((&json["status"], &json["message"]), (&409.into(), &"taken".into()));
        assert_eq!(json.as_object().map(serde_json::Map::len), Some(9));
        assert_eq!(json["insight"]["missing_scopes"], serde_json::json!([]));
    }
}
