//! The log on standard error, and traces to a collector when one is declared.

use std::sync::Arc;

use hf_http::telemetry::traces::TraceContext;
use hf_topology::declared::{LogFormat, Server};
use http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::error::CommandError;
use crate::output::LogWriter;

/// What must be brought to its end so that nothing is lost.
pub(super) struct Telemetry {
    traces: Option<SdkTracerProvider>,
    log: LogWriter,
}

/// Whose words are logged: ours from `info` on; of the libraries what goes wrong.
const FILTER: &str =
    "warn,handfast=info,hf_http=info,hf_ca=info,hf_store=info,hf_cfssl=info,hf_identity=info";

/// Begin to log, and to trace when the file names a collector. Needs a runtime of tokio.
pub(super) fn start(server: &Server, colour: bool) -> Result<Telemetry, CommandError> {
    let traces = server.otlp.as_ref().map(|url| provider(&url.to_string())).transpose()?;
    let writer =
        LogWriter::to_stderr().map_err(|error| CommandError::fault("cannot begin to log").because(error))?;
    let log = fmt::layer().with_writer(writer.clone());
    let log = match server.log {
        LogFormat::Text => log.with_ansi(colour).with_target(false).boxed(),
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).boxed(),
    };
    let spans = traces.as_ref().map(|provider| {
        tracing_opentelemetry::layer().with_tracer(provider.tracer("handfast")).with_filter(LevelFilter::INFO)
    });
    tracing_subscriber::registry()
        .with(spans)
        .with(log.with_filter(EnvFilter::new(FILTER)))
        .try_init()
        .map_err(|error| CommandError::fault("cannot begin to log").because(error))?;
    Ok(Telemetry { traces, log: writer })
}

fn provider(url: &str) -> Result<SdkTracerProvider, CommandError> {
    let exporter =
        SpanExporter::builder().with_tonic().with_endpoint(url).build().map_err(|error| {
            CommandError::refused(format!("traces cannot be sent to `{url}`")).because(error)
        })?;
    let resource = Resource::builder()
        .with_service_name("handfast")
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

impl Telemetry {
    /// What joins requests to the traces of their callers, when traces are collected.
    pub(super) fn trace_context(&self) -> Option<Arc<dyn TraceContext>> {
        self.traces
            .as_ref()
            .map(|_| Arc::new(Callers(TraceContextPropagator::new())) as Arc<dyn TraceContext>)
    }

    /// Send what has not been sent. A collector that does not answer holds the end up for as long as it may: five
    /// seconds, the library's own limit.
    pub(super) fn end(self) {
        if let Some(traces) = &self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.log.flush();
    }
}

/// W3C Trace Context: `traceparent` and `tracestate` of a request.
struct Callers(TraceContextPropagator);

impl TraceContext for Callers {
    fn join(&self, span: &tracing::Span, headers: &HeaderMap) {
        // A span that nobody collects has no place for a parent.
        let _ = span.set_parent(self.0.extract(&Fields(headers)));
    }
}

struct Fields<'a>(&'a HeaderMap);

impl Extractor for Fields<'_> {
    /// A field that is there more than once says nothing: which one was meant?
    fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.get_all(name).iter();
        let value = values.next().filter(|_| values.next().is_none());
        value.and_then(|value| value.to_str().ok()).filter(|value| value.len() <= LONGEST_FIELD)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

/// Octets of `tracestate` that must be passed on, W3C Trace Context section 3.3.1.5; more is not read.
const LONGEST_FIELD: usize = 512;

#[cfg(test)]
mod tests {
    use opentelemetry::trace::TraceContextExt as _;

    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn caller(parents: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for parent in parents {
            headers.append("traceparent", parent.parse().unwrap());
        }
        let context = TraceContextPropagator::new().extract(&Fields(&headers));
        context.span().span_context().trace_id().to_string()
    }

    #[test]
    fn one_good_traceparent_names_the_trace_and_others_are_passed_over() {
        const NONE: &str = "00000000000000000000000000000000";
        assert_eq!(caller(&[PARENT]), "0af7651916cd43dd8448eb211c80319c");
        for bad in
            [vec![], vec![PARENT, PARENT], vec!["00-x-y-01"], vec![&PARENT[..40]], vec![&"0".repeat(600)]]
        {
            assert_eq!(caller(&bad), NONE, "{bad:?}");
        }
    }
}
