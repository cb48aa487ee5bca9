// A mutual-TLS server with nothing but the JDK.
//
//   java java/Server.java trust/java.languages.internal [PORT]
//
// Reads from that directory:
//   keystore.p12       our private key, our certificate and the intermediate above it
//   truststore.p12     the roots whose clients we accept
//   keystore.password  the password of both, one line

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

public final class Server {
    public static void main(String[] args) throws Exception {
        Path trust = Path.of(args[0]);
        int port = args.length > 1 ? Integer.parseInt(args[1]) : 8443;
        InetAddress loopback = InetAddress.getLoopbackAddress();
        var factory = context(trust).getServerSocketFactory();
        try (var listener = (SSLServerSocket) factory.createServerSocket(port, 50, loopback)) {
            listener.setNeedClientAuth(true); // without this line anybody may connect
            listener.setEnabledProtocols(new String[] {"TLSv1.3"});
            System.out.println("listening on " + loopback.getHostAddress() + ":" + listener.getLocalPort());
            while (true) {
                try (var client = (SSLSocket) listener.accept()) {
                    serve(client, trust.getFileName().toString());
                } catch (IOException refused) {
                    System.out.println("refused: " + refused.getMessage());
                }
            }
        }
    }

    /** What we show to clients, and whom we believe. */
    private static SSLContext context(Path trust) throws Exception {
        char[] password = Files.readString(trust.resolve("keystore.password")).strip().toCharArray();
        var identity = KeyManagerFactory.getInstance("PKIX");
        identity.init(KeyStore.getInstance(trust.resolve("keystore.p12").toFile(), password), password);
        var roots = TrustManagerFactory.getInstance("PKIX");
        roots.init(KeyStore.getInstance(trust.resolve("truststore.p12").toFile(), password));
        var context = SSLContext.getInstance("TLS");
        context.init(identity.getKeyManagers(), roots.getTrustManagers(), null);
        return context;
    }

    /** Answers one HTTP request with one line. */
    private static void serve(SSLSocket client, String us) throws Exception {
        client.setSoTimeout(5000);
        client.startHandshake();
        var session = client.getSession();
        var leaf = (X509Certificate) session.getPeerCertificates()[0];
        // The first subject alternative name: a pair of its kind (2 is DNS) and its value.
        Object peer = leaf.getSubjectAlternativeNames().iterator().next().get(1);
        System.out.println("accepted " + peer + " over " + session.getProtocol());

        var request = new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        String header;
        do { // the request line and its headers
            header = request.readLine();
        } while (header != null && !header.isEmpty());
        if (header == null) {
            throw new IOException(peer + " left without a request");
        }
        String line = "hello " + peer + ", this is " + us + "\n";
        String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + line.length() + "\r\n\r\n";
        client.getOutputStream().write((head + line).getBytes(StandardCharsets.US_ASCII));
    }
}
