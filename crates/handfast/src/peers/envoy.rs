//! Envoy: a complete bootstrap with one listener, and a cluster for each server that is called.

use std::fmt::Write as _;

use super::{Bundle, Called, file, quote};

pub(super) fn yaml(bundle: &Bundle) -> String {
    let mut text = bundle.heading("#", "Envoy, a complete bootstrap");
    text.push_str(&listener(bundle));
    for called in &bundle.calls {
        text.push_str(&cluster(bundle, called));
    }
    text
}

fn listener(bundle: &Bundle) -> String {
    format!(
        "static_resources:
  listeners:
    - name: handfast_in
      address:
        socket_address: {{ address: 0.0.0.0, port_value: {port} }}
      filter_chains:
        - transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              \"@type\": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              require_client_certificate: true
              common_tls_context:
{tls}          filters:
            - name: envoy.filters.network.tcp_proxy
              typed_config:
                \"@type\": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
                stat_prefix: handfast_in
                cluster: application
  clusters:
    - name: application
      type: STATIC
      load_assignment:
        cluster_name: application
        endpoints:
          - lb_endpoints:
              - endpoint:
                  address: {{ socket_address: {{ address: 127.0.0.1, port_value: 8080 }} }}
",
        port = bundle.port,
        tls = tls_context(bundle, "                ", None),
    )
}

fn cluster(bundle: &Bundle, called: &Called) -> String {
    format!(
        "    - name: {name}
      type: STRICT_DNS
      load_assignment:
        cluster_name: {name}
        endpoints:
          - lb_endpoints:
              - endpoint:
                  address: {{ socket_address: {{ address: {name}, port_value: {port} }} }}
      transport_socket:
        name: envoy.transport_sockets.tls
        typed_config:
          \"@type\": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
          sni: {name}
          common_tls_context:
{tls}",
        name = quote(&called.name),
        port = called.port,
        tls = tls_context(bundle, "            ", Some(&called.name)),
    )
}

/// The part that both sides share, each line after `indent`; with the name of the other side when it is known.
fn tls_context(bundle: &Bundle, indent: &str, name: Option<&str>) -> String {
    let mut lines = vec![
        String::from("tls_params: { tls_minimum_protocol_version: TLSv1_2 }"),
        String::from("tls_certificates:"),
        format!("  - certificate_chain: {{ filename: {} }}", bundle.quoted(file::FULL_CHAIN)),
        format!("    private_key: {{ filename: {} }}", bundle.quoted(file::KEY)),
        String::from("validation_context:"),
        format!("  trusted_ca: {{ filename: {} }}", bundle.quoted(file::ROOTS)),
    ];
    if let Some(name) = name {
        lines.push(String::from("  match_typed_subject_alt_names:"));
        lines.push(format!("    - {{ san_type: DNS, matcher: {{ exact: {} }} }}", quote(name)));
    }
    let mut text = String::new();
    for line in lines {
        let _ = writeln!(text, "{indent}{line}");
    }
    text
}
