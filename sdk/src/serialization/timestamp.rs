//! Timestamps as Bitbucket writes them.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::object::Slot;

/// A timestamp, which derefs to [`DateTime<Utc>`].
///
/// The service writes timestamps in several forms: with and without fractions of a second, with `Z`, with an offset,
/// and a few without either (which are UTC). A date alone is taken for its midnight in UTC. The form is kept, so that a
/// timestamp is written back as it was read. Two forms of the same time are equal. In a model, an empty text is no time,
/// as `null` is none.
///
/// ```
/// use bitbucket_cloud::Timestamp;
///
/// let time: Timestamp = "2026-05-27T10:48:43.022330137Z".parse()?;
/// assert_eq!(time.timestamp(), 1_779_878_923);
/// assert_eq!(time.to_string(), "2026-05-27T10:48:43.022330137Z");
/// # Ok::<(), bitbucket_cloud::InvalidTimestamp>(())
/// ```
#[derive(Clone, Copy)]
pub struct Timestamp {
    moment: DateTime<Utc>,
    /// Digits after the second.
    digits: u8,
    zone: Zone,
}

#[derive(Clone, Copy)]
enum Zone {
    /// `Z`.
    Utc,
    /// Offset in seconds east.
    Offset(i32),
    /// None; the time is UTC.
    None,
    /// None, and no time of day either.
    Date,
}

/// A text that is not a timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidTimestamp(String);

impl fmt::Display for InvalidTimestamp {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a timestamp such as 2026-05-27T10:48:43.022Z", self.0)
    }
}

impl std::error::Error for InvalidTimestamp {}

impl Timestamp {
    /// The time in UTC.
    #[must_use]
    #[inline]
    pub fn to_utc(self) -> DateTime<Utc> {
        self.moment
    }
}

impl Deref for Timestamp {
    type Target = DateTime<Utc>;

    #[inline]
    fn deref(&self) -> &DateTime<Utc> {
        &self.moment
    }
}

impl From<DateTime<Utc>> for Timestamp {
    #[inline]
    fn from(moment: DateTime<Utc>) -> Self {
        let text = moment.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        Self { moment, digits: fraction_of(&text), zone: Zone::Utc }
    }
}

impl From<Timestamp> for DateTime<Utc> {
    #[inline]
    fn from(time: Timestamp) -> Self {
        time.moment
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    #[inline]
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let digits = fraction_of(text);
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            let zone =
                if text.ends_with(['Z', 'z']) { Zone::Utc } else { Zone::Offset(time.offset().local_minus_utc()) };
            return Ok(Self { moment: time.to_utc(), digits, zone });
        }
        if let Ok(local) = text.parse::<NaiveDateTime>() {
            return Ok(Self { moment: local.and_utc(), digits, zone: Zone::None });
        }
        // Other forms of dates could not be written back.
        match text.parse::<NaiveDate>() {
            Ok(date) if date.to_string() == text => {
                Ok(Self { moment: date.and_time(NaiveTime::MIN).and_utc(), digits: 0, zone: Zone::Date })
            }
            _ => Err(InvalidTimestamp(text.chars().take(80).collect())),
        }
    }
}

#[inline]
fn fraction_of(text: &str) -> u8 {
    let digits = text.split_once('.').map_or(0, |(_, rest)| rest.bytes().take_while(u8::is_ascii_digit).count());
    u8::try_from(digits.min(9)).unwrap_or_default()
}

impl fmt::Display for Timestamp {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = match self.zone {
            Zone::Offset(seconds) => FixedOffset::east_opt(seconds),
            Zone::Date => return write!(f, "{}", self.moment.date_naive()),
            Zone::Utc | Zone::None => None,
        };
        let local = self.moment.with_timezone(&offset.unwrap_or(FixedOffset::east_opt(0).ok_or(fmt::Error)?));
        let text = local.to_rfc3339_opts(SecondsFormat::Secs, false);
        let (point, zone) = text.split_at_checked(text.len().saturating_sub("+00:00".len())).ok_or(fmt::Error)?;
        f.write_str(point)?;
        if self.digits > 0 {
            // A leap second is the second before it with a second of nanoseconds more.
            let nanoseconds = format!("{:09}", local.timestamp_subsec_nanos() % 1_000_000_000);
            let shown = nanoseconds.get(..usize::from(self.digits)).unwrap_or(&nanoseconds);
            write!(f, ".{shown}")?;
        }
        match self.zone {
            Zone::Utc => f.write_str("Z"),
            Zone::Offset(_) => f.write_str(zone),
            Zone::None | Zone::Date => Ok(()),
        }
    }
}

impl fmt::Debug for Timestamp {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl PartialEq for Timestamp {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.moment == other.moment
    }
}

impl Eq for Timestamp {}

impl PartialOrd for Timestamp {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Timestamp {
    #[inline]
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.moment.cmp(&other.moment)
    }
}

impl std::hash::Hash for Timestamp {
    #[inline]
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.moment.hash(state);
    }
}

impl Serialize for Timestamp {
    #[inline]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    #[inline]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text)
    }
}

struct Text;

impl Visitor<'_> for Text {
    type Value = Timestamp;

    #[inline]
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a point in time")
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(E::custom)
    }
}

impl Slot<'_, Timestamp> {
    /// An empty text is absent: it is not worth a whole body.
    pub(crate) fn read<'de, A: MapAccess<'de>>(self, object: &mut A) -> Result<bool, A::Error> {
        object.next_value_seed(TextOrNothing(self.0))?;
        Ok(true)
    }
}

struct TextOrNothing<'a>(&'a mut Option<Timestamp>);

impl<'de> DeserializeSeed<'de> for TextOrNothing<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for TextOrNothing<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Text.expecting(f)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        *self.0 = if text.is_empty() { None } else { Some(Text.visit_str(text)?) };
        Ok(())
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Timestamp {
    #[inline]
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    #[inline]
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "A point in time, usually in the form of RFC 3339." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_kept() {
        for text in [
            "2015-06-01T23:07:09.549003+00:00",
            "2017-05-14T17:04:26+00:00",
            "2023-02-20T09:38:17.522007Z",
            "2023-02-20T09:38:47.20339Z",
            "2024-09-04T13:40:59.613181841Z",
            "2020-10-28T12:00:00.0+00:00",
            "2021-04-02T14:20:48.179",
            "2013-11-07T18:10:42-03:30",
            "2013-11-07T18:10:42Z",
            "2016-12-31T23:59:60Z",
            "2016-12-31T23:59:60.5Z",
            "2016-12-31T23:59:60.000000001+00:00",
            "2016-12-31T18:59:60.999-05:00",
            "2016-12-31T23:59:60.25",
            "0000-01-01T00:00:00.0+23:59",
            "9999-12-31T23:59:60.9-23:59",
            "2026-01-02",
            "0000-01-01",
            "9999-12-31",
        ] {
            assert_eq!(text.parse::<Timestamp>().map(|time| time.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn forms_of_the_same_time_are_equal() {
        let time = |text: &str| text.parse::<Timestamp>();
        assert_eq!(time("2026-01-02T03:04:05.5Z"), time("2026-01-02T04:04:05.500000+01:00"));
        assert!(time("2026-01-02T03:04:05Z").ok() < time("2026-01-02T03:04:06+00:00").ok());
        assert_eq!(time("2026-01-02T03:04:05Z").map(|time| Timestamp::from(*time)), time("2026-01-02T03:04:05Z"));
        assert_eq!(time("2026-01-02"), time("2026-01-02T00:00:00Z"));
    }

    #[derive(Debug)]
    struct Dated {
        date: Option<Timestamp>,
        note: Option<String>,
    }

    crate::serialization::object!(Dated, schema: "dated", values: [date, note = "text"], lists: []);

    #[test]
    fn an_empty_text_is_no_time() {
        for absent in [r#""""#, "null"] {
            let read = serde_json::from_str::<Dated>(&format!(r#"{{"date": {absent}, "text": ""}}"#)).unwrap();
            assert_eq!((read.date, read.note.as_deref()), (None, Some("")), "{absent}");
            assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"text":""}"#);
            // Of a member that comes twice, the last.
            let twice = format!(r#"{{"date": "2026-01-02", "date": {absent}}}"#);
            assert_eq!(serde_json::from_str::<Dated>(&twice).unwrap().date, None, "{absent}");
        }
        let read = serde_json::from_str::<Dated>(r#"{"date": "2026-01-02"}"#).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"date":"2026-01-02"}"#);
        for wrong in [r#"" ""#, r#""yesterday""#, "0", "[]", "{}", "true"] {
            let body = format!(r#"{{"date": {wrong}}}"#);
            let error = serde_json::from_str::<Dated>(&body).unwrap_err();
            assert!(error.column() > 8, "{error}");
        }
        // Where a time has to be there, it is none either.
        assert!(serde_json::from_str::<Timestamp>(r#""""#).unwrap_err().column() > 0);
        assert!(serde_json::from_str::<Option<Timestamp>>(r#""""#).is_err());
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "2026-13-01",
            "2026-1-2",
            "2026-01-02 ",
            "+2026-01-02",
            "02026-01-02",
            "2026-01-02Z",
            "2026-01",
            "20260102",
        ] {
            let error = text.parse::<Timestamp>().err().map(|error| error.to_string());
            assert_eq!(error, Some(format!("{text:?} is not a timestamp such as 2026-05-27T10:48:43.022Z")));
        }
    }
}
