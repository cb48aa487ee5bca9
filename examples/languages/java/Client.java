// A mutual-TLS client with nothing but the JDK.
//
//   java java/Client.java trust/java.languages.internal SERVER_NAME HOST:PORT
//
// Reads from that directory:
//   keystore.p12       our private key, our certificate and the intermediate above it
//   truststore.p12     the roots whose servers we accept
//   keystore.password  the password of both, one line

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

public final class Client {
    public static void main(String[] args) throws Exception {
        SSLContext context = context(Path.of(args[0]));
        String name = args[1];
        String[] address = args[2].split(":");
        try (var tcp = new Socket(address[0], Integer.parseInt(address[1]));
                var server = (SSLSocket) context.getSocketFactory().createSocket(tcp, name, tcp.getPort(), true)) {
            server.setSoTimeout(5000);
            var parameters = server.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // without this line any name will do
            parameters.setProtocols(new String[] {"TLSv1.3"});
            server.setSSLParameters(parameters);
            System.out.print(get(server, name));
        } catch (IOException refused) {
            System.err.println("refused: " + refused.getMessage());
            System.exit(1);
        }
    }

    /** What we show to servers, and whom we believe. */
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

    /** One HTTP request; the body of its answer. */
    private static String get(SSLSocket server, String name) throws IOException {
        String request = "GET / HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
        server.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String answer = new String(server.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        int body = answer.indexOf("\r\n\r\n");
        if (body < 0) {
            throw new IOException("the server closed the connection without an answer");
        }
        return answer.substring(body + 4);
    }
}
