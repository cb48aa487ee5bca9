//! Go: a `tls.Config` for both roles.

use super::{Bundle, file, quote};

pub(super) fn example(bundle: &Bundle) -> String {
    let server = bundle.example_server();
    let address = quote(&format!("{}:{}", server.name, server.port));
    bundle.heading("//", "Go (handfast.go), a tls.Config for server and client")
        + &format!(
            r#"
package handfast

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"os"
)

// Config is for server and client alike.
func Config() (*tls.Config, error) {{
	pair, err := tls.LoadX509KeyPair({chain}, {key})
	if err != nil {{
		return nil, err
	}}
	pem, err := os.ReadFile({roots})
	if err != nil {{
		return nil, err
	}}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {{
		return nil, errors.New("no certificate in the file of roots")
	}}
	return &tls.Config{{
		Certificates: []tls.Certificate{{pair}},
		RootCAs:      roots,
		ClientCAs:    roots,
		ClientAuth:   tls.RequireAndVerifyClientCert,
		MinVersion:   tls.VersionTLS12,
	}}, nil
}}

// server: tls.Listen("tcp", ":{port}", config)
// client: tls.Dial("tcp", {address}, config)
"#,
            chain = bundle.quoted(file::FULL_CHAIN),
            key = bundle.quoted(file::KEY),
            roots = bundle.quoted(file::ROOTS),
            port = bundle.port,
        )
}
