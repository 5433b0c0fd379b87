use super::*;

#[test]
fn a_form_is_framed_by_its_boundary() {
    let encoded = Upload::form()
        .text("name", "a\r\nb")
        .file("fi\"le", "ré\"s\r\numé.pdf", "application/pdf", b"%PDF")
        .to_encoded()
        .expect("a form");
    let content_type = encoded.content_type.to_str().expect("ASCII");
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("a boundary");
    let body = String::from_utf8(encoded.bytes().expect("bytes").to_vec()).expect("UTF-8");
    assert_eq!(
        body,
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na\r\nb\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"fi%22le\"; \
             filename=\"ré%22s%0D%0Aumé.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n\
             --{boundary}--\r\n"
        )
    );
}

#[test]
fn refuses_uploads_that_cannot_be_sent() {
    for upload in [
        Upload::bytes("pdf", "x"),
        Upload::bytes("", "x"),
        Upload::bytes("application/pdf\r\nX-Evil: 1", "x"),
        Upload::form().file("f", "f", "a/b\r\n\r\n", b""),
        Upload::bytes("application/pdf", "x").text("a", "b"),
        Upload::path("pdf", "x.pdf"),
        Upload::path("application/pdf", "x.pdf").file_path("a", "b", "a/b", "c"),
    ] {
        assert!(upload.to_encoded().is_err(), "{upload:?}");
    }
}

#[test]
fn media_types_have_two_parts() {
    for good in ["a/b", "application/pdf", " a/b ", "text/plain; charset=utf-8", "a/b/c", "a/b;c/"]
    {
        assert!(media_type(good).is_ok(), "{good}");
    }
    for bad in ["", "/", "a/", "/b", "a", "a;b/c", ";a/b", "a/b\n", "a/\u{e9}", "a/b\u{7f}"] {
        assert!(media_type(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn debug_has_the_kind_and_the_length() {
    let form = Upload::form().text("a", "b");
    let length = form.text.len();
    for (upload, expected) in [
        (Upload::bytes("a/b", "xyz"), "Upload(bytes, 3 bytes)".to_owned()),
        (Upload::path("a/b", "secret"), "Upload(streamed)".to_owned()),
        (Upload::form(), "Upload(form, 0 bytes)".to_owned()),
        (form.clone(), format!("Upload(form, {length} bytes)")),
        (form.file_path("f", "f", "a/b", "secret"), "Upload(form, streamed)".to_owned()),
        (Upload::bytes("pdf", "x"), "Upload(refused)".to_owned()),
    ] {
        assert_eq!(format!("{upload:?}"), expected);
    }
}

#[test]
fn the_first_reason_for_a_refusal_is_kept() {
    let upload = Upload::bytes("application/pdf", "x").text("a", "b").file("f", "f", "bad", b"");
    let refused = upload.to_encoded().expect_err("refused");
    assert!(refused.contains("`Upload::form()`"), "{refused}");
}
