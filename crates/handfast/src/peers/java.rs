//! Java: system properties of the JSSE, and an example that loads both stores.

use std::fmt::Write as _;

use super::{Bundle, KeyStore};

/// `java.properties`: what `-D` options or `System.getProperties().load(...)` take. The password stays in its file.
pub(super) fn properties(bundle: &Bundle) -> String {
    let mut text = bundle.heading("#", "Java, system properties of the JSSE");
    let Some(store) = &bundle.key_store else {
        text.push_str(NO_KEY_STORE);
        return text;
    };
    let _ = write!(
        text,
        "# Also needed: javax.net.ssl.keyStorePassword and javax.net.ssl.trustStorePassword,
# both with the one line of {password} (see java.txt).
javax.net.ssl.keyStore={keys}
javax.net.ssl.keyStoreType={kind}
javax.net.ssl.trustStore={roots}
javax.net.ssl.trustStoreType={kind}
jdk.tls.client.protocols=TLSv1.3,TLSv1.2
jdk.tls.server.protocols=TLSv1.3,TLSv1.2
",
        password = bundle.path(store.password),
        keys = escape(&bundle.path(store.keys)),
        roots = escape(&bundle.path(store.roots)),
        kind = store.kind,
    );
    text
}

/// `java.txt`: a class that makes an `SSLContext`, and sockets for both roles.
pub(super) fn example(bundle: &Bundle) -> String {
    let heading =
        bundle.heading("//", "Java (Handfast.java), an SSLContext from the key store and the trust store");
    match &bundle.key_store {
        Some(store) => heading + &code(bundle, store),
        None => heading + &NO_KEY_STORE.replace('#', "//"),
    }
}

const NO_KEY_STORE: &str = "\
# No key store was asked for: add `keystore = [\"pem\", \"p12\"]` to the service in handfast.toml
# and run `handfast apply`.
";

fn code(bundle: &Bundle, store: &KeyStore) -> String {
    let server = bundle.example_server();
    format!(
        r#"import java.nio.file.*;
import java.security.KeyStore;
import javax.net.ssl.*;

public final class Handfast {{
    static SSLContext context() throws Exception {{
        char[] password = Files.readString(Path.of({password})).strip().toCharArray();
        KeyStore keys = KeyStore.getInstance(Path.of({keys}).toFile(), password);
        KeyStore roots = KeyStore.getInstance(Path.of({roots}).toFile(), password);
        KeyManagerFactory identity = KeyManagerFactory.getInstance("PKIX");
        identity.init(keys, password);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }}

    /** For example `listen({port})`: every client must show a certificate. */
    static SSLServerSocket listen(int port) throws Exception {{
        SSLServerSocket server = (SSLServerSocket) context().getServerSocketFactory().createServerSocket(port);
        server.setNeedClientAuth(true);
        return server;
    }}

    /** For example `connect({name}, {called})`: the name of the server is checked. */
    static SSLSocket connect(String host, int port) throws Exception {{
        SSLSocket client = (SSLSocket) context().getSocketFactory().createSocket(host, port);
        SSLParameters parameters = client.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        client.setSSLParameters(parameters);
        return client;
    }}
}}
"#,
        password = bundle.quoted(store.password),
        keys = bundle.quoted(store.keys),
        roots = bundle.quoted(store.roots),
        port = bundle.port,
        name = super::quote(&server.name),
        called = server.port,
    )
}

/// As the value of a properties file: a backslash begins an escape there.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\")
}
