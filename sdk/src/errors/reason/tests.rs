//! All known shapes of error bodies, of the service and of proxies before it.

use super::*;

const JSON: Option<&str> = Some("application/json; charset=utf-8");

/// Message, detail, fields, key, id, required and granted scopes in one line; what is absent is left out.
fn line(content_type: Option<&str>, body: &str) -> String {
    let reason = Reason::read(content_type, body);
    let mut parts = Vec::new();
    let mut part = |name: &str, value: Option<String>| parts.extend(value.map(|value| format!("{name}={value}")));
    part("message", reason.message);
    part("detail", reason.detail);
    for (field, texts) in reason.fields {
        part(&field, Some(texts.join("+")));
    }
    part("key", reason.key);
    part("id", reason.id);
    part("required", (!reason.required_scopes.is_empty()).then(|| reason.required_scopes.join("+")));
    part("granted", (!reason.granted_scopes.is_empty()).then(|| reason.granted_scopes.join("+")));
    parts.join(" | ")
}

#[test]
fn json_errors() {
    let cases = [
        // The documented shape, and the same without `type`.
        (r#"{"type":"error","error":{"message":"Forbidden"}}"#, "message=Forbidden"),
        (r#"{"error":{"message":"No such repository"}}"#, "message=No such repository"),
        (r#"{"type":"error","error":{"message":"Gone","detail":"Use another"}}"#, "message=Gone | detail=Use another"),
        (r#"{"error":{"message":"m","detail":null,"fields":null,"id":null,"data":null}}"#, "message=m"),
        // Details that are objects.
        (
            r#"{"type":"error","error":{"message":"m","detail":{"required":["account"],"granted":["team","issue"]}}}"#,
            "message=m | required=account | granted=team+issue",
        ),
        (r#"{"error":{"message":"m","detail":{"required":"account"}}}"#, "message=m | required=account"),
        (r#"{"error":{"message":"m","detail":{"line":3}}}"#, r#"message=m | detail={"line":3}"#),
        (r#"{"error":{"message":"m","detail":["a","b"]}}"#, "message=m | detail=a; b"),
        // Fields with one text and with a list.
        (
            r#"{"type":"error","error":{"message":"Bad request","fields":{"type":"extra keys not allowed"}}}"#,
            "message=Bad request | type=extra keys not allowed",
        ),
        (
            r#"{"error":{"message":"m","fields":{"source":["not found: x","too old"],"a.b":"required"}}}"#,
            "message=m | a.b=required | source=not found: x+too old",
        ),
        (r#"{"error":{"message":"m","fields":{"n":{"message":"inner"},"o":7}}}"#, "message=m | n=inner | o=7"),
        // Reasons in `data`, inside and beside the error.
        (
            r#"{"error":{"message":"m","data":{"key":"deploy-service.environment.change-not-supported","arguments":{}}}}"#,
            "message=m | key=deploy-service.environment.change-not-supported",
        ),
        (
            r#"{"type":"error","error":{"message":"CHANGE-1"},"data":{"announcement_url":"https://example.org/1"}}"#,
            "message=CHANGE-1 | detail=https://example.org/1",
        ),
        (r#"{"error":{"message":"m","data":{"shas":["ab"]}},"data":{"shas":["ab"]}}"#, "message=m"),
        // Server errors carry an id.
        (r#"{"error":{"message":"Something broke","id":"0f3a"}}"#, "message=Something broke | id=0f3a"),
        // The reports service has no wrapper.
        (
            r#"{"key":"report-service.general.bad-request","message":"Not set [summary]","arguments":{}}"#,
            "message=Not set [summary] | key=report-service.general.bad-request",
        ),
        (r#"{"code":400,"message":"Too many annotations"}"#, "message=Too many annotations"),
        (r#"{"errors":[{"message":"one"},{"message":"two"}]}"#, "message=one; two"),
        // OAuth.
        (r#"{"error":"invalid_grant","error_description":"Expired"}"#, "message=Expired | key=invalid_grant"),
        (r#"{"error":"unauthorized"}"#, "message=unauthorized"),
        (r#"{"error":["a","b"]}"#, "message=a; b"),
        // Hardly anything.
        (r#"{"type":"error","error":{"message":""}}"#, ""),
        (r#"{"error":{}}"#, ""),
        (r#"{"error":null}"#, ""),
        ("{}", ""),
        ("[]", ""),
        ("null", ""),
        (r#""just text""#, "message=just text"),
        (r#"{"error":{"message":{"message":"nested"}}}"#, "message=nested"),
        ("\u{feff} {\"error\":{\"message\":\"m\"}}\n", "message=m"),
        // Announced as JSON, but something else.
        ("", ""),
        ("upstream connect error", "message=upstream connect error"),
        ("<html><head><title>502 Bad Gateway</title></head></html>", ""),
        (r#"{"error":{"message":"cut of"#, r#"message={"error":{"message":"cut of"#),
    ];
    for (body, expected) in cases {
        assert_eq!(line(JSON, body), expected, "{body}");
    }
}

#[test]
fn the_content_type_decides() {
    let html = "<!doctype html><html><HEAD><Title lang=en>\n Bitbucket is\n down &amp; out </Title></HEAD>";
    let xml = "<?xml version=\"1.0\"?><Error><Code>InvalidArgument</Code><Message>Only one auth mechanism</Message>\
               <ArgumentName>Authorization</ArgumentName></Error>";
    let json = r#"{"error":{"message":"no log yet"}}"#;
    let limit = "Rate limit for this resource has been exceeded\n";
    let cases = [
        (Some("text/html; charset=utf-8"), html, ""),
        (None, html, ""),
        (Some("text/html"), "<h1>404</h1>", ""),
        (Some("text/html"), json, ""),
        (Some("application/xml"), xml, "message=Only one auth mechanism | key=InvalidArgument"),
        (Some("text/xml"), xml, "message=Only one auth mechanism | key=InvalidArgument"),
        (None, xml, "message=Only one auth mechanism | key=InvalidArgument"),
        (Some("application/xml"), "<a/>", ""),
        (Some("text/plain"), limit, "message=Rate limit for this resource has been exceeded"),
        (None, limit, "message=Rate limit for this resource has been exceeded"),
        (Some("application/octet-stream"), json, "message=no log yet"),
        (Some("application/problem+json"), r#"{"title":"Teapot","detail":"short"}"#, "message=Teapot | detail=short"),
        (Some("application/octet-stream"), "\u{0}\u{1}binary", ""),
        (Some("text/html"), "<titles>no</titles><title>yes", ""),
        (None, "", ""),
    ];
    for (content_type, body, expected) in cases {
        assert_eq!(line(content_type, body), expected, "{content_type:?} {body}");
    }
}

#[test]
fn pages_of_html_are_left_out() {
    let page = "<!DOCTYPE html><html><title>Mallory</title>";
    for (content_type, body) in [
        (Some("text/html"), "no tags"),
        (Some("Application/XHTML+xml; charset=utf-8"), page),
        (Some("text/xml"), page),
        (JSON, page),
        (None, "\u{feff}\n <p>hello</p>"),
        (None, &format!("upstream said: {page}")),
        (Some("text/plain"), page),
    ] {
        assert!(is_html(content_type, body), "{content_type:?} {body}");
        assert_eq!(Reason::read(content_type, body), Reason::default(), "{content_type:?} {body}");
    }
    for (content_type, body) in [
        (Some("application/xml"), "<Error/>"),
        (None, "<?xml version=\"1.0\"?><Error/>"),
        (None, "a < b"),
        (JSON, "{\"message\":\"<html>\"}"),
    ] {
        assert!(!is_html(content_type, body), "{content_type:?} {body}");
    }
    assert_eq!(line(JSON, "{\"message\":\"<html>\",\"detail\":\"a\"}"), "message=a page of HTML, 6 bytes | detail=a");
    assert_eq!(super::page(&"x".repeat(MAX_READ)), "a page of HTML, at least 65536 bytes");
}
