import java.io.FileInputStream;
import java.io.InputStream;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Validates a chain with revocation on, by lists alone: Check ROOTS CHAIN, two files of PEM. */
public final class Check {
    public static void main(String[] arguments) throws Exception {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        Set<TrustAnchor> anchors = new HashSet<>();
        try (InputStream roots = new FileInputStream(arguments[0])) {
            for (Certificate root : factory.generateCertificates(roots)) {
                anchors.add(new TrustAnchor((X509Certificate) root, null));
            }
        }
        CertPath path;
        try (InputStream chain = new FileInputStream(arguments[1])) {
            path = factory.generateCertPath(List.copyOf(factory.generateCertificates(chain)));
        }
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXRevocationChecker revocation = (PKIXRevocationChecker) validator.getRevocationChecker();
        revocation.setOptions(EnumSet.of(
            PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK));
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
