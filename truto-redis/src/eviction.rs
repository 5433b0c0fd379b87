//! Warns if Redis may evict slots.

use std::time::Duration;

use redis::Value;
use redis::aio::ConnectionLike;
use tokio::time::timeout;

/// Generous, since nothing waits for the answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// Logs a warning if Redis may evict keys. If Redis does not allow `INFO` or responds late, nothing is
/// logged: no call depends on it.
pub(crate) async fn warn_if_evicting(mut connection: impl ConnectionLike) {
    let mut info = redis::cmd("INFO");
    info.arg("memory");
    let Ok(Ok(answer)) = timeout(ANSWERS_WITHIN, info.query_async(&mut connection)).await else {
        return;
    };
    if let Some(policy) = texts(answer).iter().find_map(|info| evicting_policy(info)) {
        tracing::warn!(
            policy,
            "Redis evicts keys when its memory is full; use the policy `noeviction`, since an evicted window \
             lets calls through beyond the limit"
        );
    }
}

/// A cluster answers with one text per node.
fn texts(answer: Value) -> Vec<String> {
    let answers = match answer {
        Value::Map(nodes) => nodes.into_iter().map(|(_, answer)| answer).collect(),
        answer => vec![answer],
    };
    answers.into_iter().filter_map(|answer| redis::from_redis_value(answer).ok()).collect()
}

/// The policy by which this Redis may evict keys. Without a memory limit it evicts none.
fn evicting_policy(info: &str) -> Option<&str> {
    let field = |name| {
        info.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim_end()))
    };
    let is_limited = field("maxmemory").is_some_and(|bytes| bytes != "0");
    field("maxmemory_policy").filter(|policy| is_limited && *policy != "noeviction")
}

#[cfg(test)]
mod tests {
    use super::{evicting_policy, texts};
    use redis::Value;

    #[test]
    fn only_a_limited_memory_evicts() {
        for (memory, policy, expected) in [
            ("0", "noeviction", None),
            ("0", "allkeys-lru", None),
            ("104857600", "noeviction", None),
            ("104857600", "allkeys-lru", Some("allkeys-lru")),
            ("104857600", "volatile-ttl", Some("volatile-ttl")),
        ] {
            let info = format!(
                "# Memory\r\nused_memory:876168\r\nmaxmemory:{memory}\r\nmaxmemory_human:0B\r\n\
                 maxmemory_policy:{policy}\r\nallocator_frag_ratio:1.08\r\n"
            );
            assert_eq!(evicting_policy(&info), expected, "{memory} {policy}");
        }
        for info in ["", "maxmemory_policy", "maxmemory_policy:allkeys-lru"] {
            assert_eq!(evicting_policy(info), None, "{info}");
        }
    }

    #[test]
    fn reads_the_answers_of_all_nodes() {
        let text = |text: &str| Value::BulkString(text.into());
        let nodes = [("a", "one"), ("b", "two")].map(|(node, info)| (text(node), text(info)));
        assert_eq!(texts(Value::Map(nodes.into())), ["one", "two"]);
        assert_eq!(texts(text("one")), ["one"]);
        assert!(texts(Value::Array(vec![Value::Nil, Value::Nil])).is_empty());
    }
}
