//go:build ignore

// Files as Go's standard library writes them, into the current folder.
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"os"
	"time"
)

func main() {
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	rsaKey := must(rsa.GenerateKey(rand.Reader, 2048))
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	check(err)
	for name, key := range map[string]crypto.Signer{"ec": ec, "rsa": rsaKey, "ed25519": ed} {
		write("go-"+name+".pem", "PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(key)))
	}
	write("go-ec-sec1.pem", "EC PRIVATE KEY", must(x509.MarshalECPrivateKey(ec)))
	write("go-rsa-pkcs1.pem", "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey))

	now := time.Now()
	root := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "root", Organization: []string{"Foreign"}},
		NotBefore:             now,
		NotAfter:              now.Add(time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der := must(x509.CreateCertificate(rand.Reader, root, root, ec.Public(), ec))
	write("go-cert.pem", "CERTIFICATE", der)
	request := &x509.CertificateRequest{DNSNames: []string{"a.foreign.internal"}}
	write("go-request.pem", "CERTIFICATE REQUEST", must(x509.CreateCertificateRequest(rand.Reader, request, ed)))
	list := &x509.RevocationList{
		Number:     big.NewInt(1),
		ThisUpdate: now,
		NextUpdate: now.Add(time.Hour),
		RevokedCertificateEntries: []x509.RevocationListEntry{
			{SerialNumber: big.NewInt(7), RevocationTime: now, ReasonCode: 1},
		},
	}
	issuer := must(x509.ParseCertificate(der))
	write("go-crl.pem", "X509 CRL", must(x509.CreateRevocationList(rand.Reader, list, issuer, ec)))
}

func write(file, label string, der []byte) {
	check(os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}), 0o600))
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
