//! nginx: to be included in a `server` block.

use std::fmt::Write as _;

use super::{Bundle, file};

pub(super) fn conf(bundle: &Bundle) -> String {
    let mut text = bundle.heading("#", "nginx, for a `server` block");
    let include = bundle.path("nginx.conf");
    let (chain, key, roots) =
        (bundle.quoted(file::FULL_CHAIN), bundle.quoted(file::KEY), bundle.quoted(file::ROOTS));
    let _ = write!(
        text,
        "#   server {{ listen {port} ssl; server_name {name}; include {include}; }}

# who we are, and whose clients we accept
ssl_certificate               {chain};
ssl_certificate_key           {key};
ssl_client_certificate        {roots};
ssl_verify_client             on;
ssl_verify_depth              8;
ssl_protocols                 TLSv1.2 TLSv1.3;

# how we call others: `proxy_pass https://...`
proxy_ssl_certificate         {chain};
proxy_ssl_certificate_key     {key};
proxy_ssl_trusted_certificate {roots};
proxy_ssl_verify              on;
proxy_ssl_verify_depth        8;
proxy_ssl_server_name         on;
proxy_ssl_protocols           TLSv1.2 TLSv1.3;
",
        port = bundle.port,
        name = bundle.instance,
    );
    text
}
