//! The log on standard error, and traces to a collector when one is declared.

use std::io;

use hf_topology::declared::{LogFormat, Server};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::error::CommandError;

/// What must be brought to its end so that nothing is lost.
pub(super) struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

/// Whose words are logged: ours from `info` on; of the libraries what goes wrong.
const FILTER: &str =
    "warn,handfast=info,hf_http=info,hf_ca=info,hf_store=info,hf_cfssl=info,hf_identity=info";

/// Begin to log, and to trace when the file names a collector. Needs a runtime of tokio.
pub(super) fn start(server: &Server, colour: bool) -> Result<Telemetry, CommandError> {
    let traces = server.otlp.as_ref().map(|url| provider(&url.to_string())).transpose()?;
    let log = fmt::layer().with_writer(io::stderr);
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
    Ok(Telemetry { traces })
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
    /// Send what has not been sent. A collector that does not answer holds the end up for as long as it may: five
    /// seconds, the library's own limit.
    pub(super) fn end(self) {
        if let Some(traces) = self.traces
            && let Err(error) = traces.shutdown()
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}
