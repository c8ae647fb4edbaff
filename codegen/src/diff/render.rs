//! A comparison as text, Markdown, annotations of GitHub and JSON.

mod cells;
mod changelog;
mod github;
mod json;
mod markdown;
mod schema;
mod text;

pub use changelog::changelog;
pub use github::{annotations, outputs};
pub use json::json;
pub use markdown::markdown;
pub use schema::schema;
pub use text::text;
