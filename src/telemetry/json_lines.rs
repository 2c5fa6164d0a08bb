//! One JSON object per event, with the correlation id, rank and host in each, and what the spans around it say.

use super::CorrelationId;
use serde_json::{Map, Value};
use std::fmt;
use std::io::Write;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The lines of a log file.
#[derive(Debug)]
pub(super) struct JsonLines<W> {
    pub correlation_id: CorrelationId,
    pub rank: u32,
    pub host: String,
    pub writer: W,
}

/// What a span says, kept for the events inside it.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Map::new();
        line.insert("time".to_owned(), jiff::Timestamp::now().to_string().into());
        line.insert("level".to_owned(), event.metadata().level().as_str().into());
        line.insert("correlation_id".to_owned(), self.correlation_id.to_string().into());
        line.insert("rank".to_owned(), self.rank.into());
        line.insert("host".to_owned(), self.host.clone().into());
        line.insert("target".to_owned(), event.metadata().target().into());
        let mut fields = Fields::default();
        event.record(&mut fields);
        for (name, value) in fields.0 {
            // An event's field must not hide what every line has.
            let hides = line.contains_key(name);
            line.insert(
                if hides {
                    format!("field_{name}")
                } else {
                    name.to_owned()
                },
                value,
            );
        }
        // What the event says itself goes before what its spans say, and inner ones before outer ones.
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<Fields>() {
                for (name, value) in &fields.0 {
                    line.entry(*name).or_insert_with(|| value.clone());
                }
            }
        }
        // In one piece: other threads write, too. The writer deals with what goes wrong.
        let text = format!("{}\n", Value::Object(line));
        let _ = self.writer.make_writer().write_all(text.as_bytes());
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        // JSON has no NaN: keep the word.
        let number = serde_json::Number::from_f64(value);
        self.0.push((
            field.name(),
            number.map_or_else(|| value.to_string().into(), Value::Number),
        ));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.push((field.name(), value.into()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.push((field.name(), value.into()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.push((field.name(), value.into()));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.push((field.name(), value.into()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push((field.name(), format!("{value:?}").into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::SubscriberExt;

    /// The pieces that several writers bring.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<Vec<u8>>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().push(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// What `work` logs.
    fn lines_of(work: impl FnOnce()) -> Vec<Value> {
        let shared = Shared::default();
        let written = Arc::clone(&shared.0);
        let lines = JsonLines {
            correlation_id: CorrelationId::new(),
            rank: 7,
            host: "here".to_owned(),
            writer: move || shared.clone(),
        };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), work);
        let written = written.lock().unwrap();
        // Each event comes whole: pieces of several threads would mix.
        let line = |piece: &Vec<u8>| serde_json::from_slice(piece.strip_suffix(b"\n").unwrap()).unwrap();
        written.iter().map(line).collect()
    }

    #[test]
    fn an_event_says_in_which_unit_it_happened() {
        let lines = lines_of(|| {
            let unit = tracing::info_span!("unit", unit = 5_u64, point = 2_u64);
            unit.in_scope(|| {
                tracing::info!(speed_m_s = f64::NAN, "stalled");
                tracing::info!(unit = 6_u64, rank = 1_u64, "another one");
            });
            tracing::info!("outside");
        });
        assert_eq!(lines.len(), 3);
        let stalled = &lines[0];
        assert_eq!(
            (&stalled["unit"], &stalled["point"]),
            (&5.into(), &2.into()),
            "{stalled}"
        );
        assert_eq!(
            (&stalled["message"], &stalled["speed_m_s"]),
            (&"stalled".into(), &"NaN".into())
        );
        let another = &lines[1];
        assert_eq!(
            (&another["unit"], &another["point"]),
            (&6.into(), &2.into()),
            "{another}"
        );
        assert_eq!(
            (&another["rank"], &another["field_rank"]),
            (&7.into(), &1.into()),
            "{another}"
        );
        assert!(lines[2].get("unit").is_none(), "{}", lines[2]);
    }
}
