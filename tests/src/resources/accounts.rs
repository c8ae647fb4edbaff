//! The one account of the fake: the user behind every credential, creator of every run and owner of every repository.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::link;
use crate::ids;
use crate::reply::Reply;
use crate::route::{Answer, Call, Route};
use crate::state::World;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/user", user)]
}

/// The account as other resources embed it.
pub(super) fn account(world: &World) -> Value {
    let uuid = ids::uuid("account/sample");
    let segment = ids::encode_segment(&uuid);
    json!({
        "type": "user",
        "display_name": "Sample Account",
        "uuid": uuid,
        "account_id": format!("557058:{}", uuid.trim_matches(['{', '}'])),
        "nickname": "sample",
        "links": {
            "self": link(format!("{}/users/{segment}", world.urls.api)),
            "avatar": link("https://avatars.example.com/sample.png"),
            "html": link(format!("https://bitbucket.org/{segment}/")),
        },
    })
}

fn user(_: &Call<'_>, world: &World) -> Answer {
    let mut user = account(world);
    user["created_on"] = json!(world.clock.micros_offset(Duration::ZERO));
    user["account_status"] = json!("active");
    user["has_2fa_enabled"] = Value::Null;
    user["is_staff"] = json!(false);
    user["location"] = Value::Null;
    Ok(Reply::json(200, user))
}
