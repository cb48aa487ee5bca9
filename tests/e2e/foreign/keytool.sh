# Files as Java's keytool writes them, into the current folder. The password is `open sesame`.
set -eu
store() { keytool -J-Duser.language=en "$@" -storepass 'open sesame' 2>/dev/null; }

store -genkeypair -alias foreign -keyalg EC -groupname secp256r1 -dname CN=a.foreign.internal -validity 30 \
    -ext san=dns:a.foreign.internal -storetype PKCS12 -keystore java.p12
store -genkeypair -alias foreign -keyalg RSA -keysize 2048 -dname CN=b.foreign.internal -validity 30 \
    -storetype JKS -keypass 'open sesame' -keystore java.jks
store -exportcert -alias foreign -keystore java.p12 -file java.der
store -exportcert -rfc -alias foreign -keystore java.p12 -file java.pem
store -certreq -alias foreign -keystore java.p12 -file java-request.pem
store -gencrl -alias foreign -id 7 -keystore java.p12 -file java-crl.der
store -importcert -noprompt -alias root -file java.pem -storetype PKCS12 -keystore java-trust.p12
store -importcert -noprompt -alias root -file java.pem -storetype JKS -keystore java-trust.jks
