import java.io.FileInputStream;
import java.io.InputStream;
import java.security.SecureRandom;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.Extension;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.io.IOException;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Validates a chain with revocation on: Validate ocsp|nonce|lists ROOTS CHAIN, two files of PEM. */
public final class Validate {
    /** A nonce of 32 octets, RFC 9654. */
    private static final class Nonce implements Extension {
        private final byte[] value = new byte[34];

        Nonce() {
            byte[] random = new byte[32];
            new SecureRandom().nextBytes(random);
            value[0] = 4;
            value[1] = 32;
            System.arraycopy(random, 0, value, 2, 32);
        }

        @Override
        public String getId() {
            return "1.3.6.1.5.5.7.48.1.2";
        }

        @Override
        public boolean isCritical() {
            return false;
        }

        @Override
        public byte[] getValue() {
            return value.clone();
        }

        @Override
        public void encode(OutputStream out) throws IOException {
            byte[] id = {6, 9, 0x2b, 6, 1, 5, 5, 7, 0x30, 1, 2};
            out.write(new byte[] {0x30, (byte) (id.length + 2 + value.length)});
            out.write(id);
            out.write(new byte[] {4, (byte) value.length});
            out.write(value);
        }
    }

    public static void main(String[] arguments) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Set<TrustAnchor> anchors = new HashSet<>();
        try (InputStream roots = new FileInputStream(arguments[1])) {
            for (Certificate root : factory.generateCertificates(roots)) {
                anchors.add(new TrustAnchor((X509Certificate) root, null));
            }
        }
        CertPath path;
        try (InputStream chain = new FileInputStream(arguments[2])) {
            path = factory.generateCertPath(List.copyOf(factory.generateCertificates(chain)));
        }
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXRevocationChecker revocation = (PKIXRevocationChecker) validator.getRevocationChecker();
        EnumSet<PKIXRevocationChecker.Option> options = EnumSet.of(PKIXRevocationChecker.Option.NO_FALLBACK);
        if (arguments[0].equals("lists")) {
            options.add(PKIXRevocationChecker.Option.PREFER_CRLS);
        }
        if (arguments[0].equals("nonce")) {
            revocation.setOcspExtensions(List.of(new Nonce()));
        }
        revocation.setOptions(options);
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.addCertPathChecker(revocation);
        try {
            validator.validate(path, parameters);
            System.out.println("accepted");
        } catch (CertPathValidatorException error) {
            System.out.println(error.getReason() + ": " + error.getMessage());
            System.exit(1);
        }
    }
}
