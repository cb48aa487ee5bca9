// The package golang.org/x/crypto/acme: issues, changes the key of its account, renews and revokes. What it does is said in
// words, one a line, and the certificates are written to first.pem and second.pem in the folder that it runs in.
//
// acme DIRECTORY ROOTS CHALLENGE NAME ZONE HTTP TLS [KID HMAC]
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	return key
}

func newClient(directory, roots string, key crypto.Signer) *acme.Client {
	trusted := x509.NewCertPool()
	pem, err := os.ReadFile(roots)
	check(err)
	trusted.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
	return &acme.Client{Key: key, DirectoryURL: directory, HTTPClient: &http.Client{Transport: transport}}
}

// Answers http-01 and tls-alpn-01 with what was put here last.
type proofs struct {
	lock        sync.Mutex
	path, body  string
	certificate *tls.Certificate
}

func (p *proofs) serve(httpAddress, tlsAddress string) {
	web, err := net.Listen("tcp", httpAddress)
	check(err)
	go http.Serve(web, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.lock.Lock()
		defer p.lock.Unlock()
		if r.URL.Path != p.path {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, p.body)
	}))
	alpn, err := tls.Listen("tcp", tlsAddress, &tls.Config{
		NextProtos: []string{acme.ALPNProto},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			p.lock.Lock()
			defer p.lock.Unlock()
			return p.certificate, nil
		},
	})
	check(err)
	go func() {
		for {
			connection, err := alpn.Accept()
			check(err)
			go func() {
				connection.(*tls.Conn).Handshake()
				connection.Close()
			}()
		}
	}()
}

// Shows what the challenge asks for.
func (p *proofs) show(client *acme.Client, challenge *acme.Challenge, name, zone string) {
	p.lock.Lock()
	defer p.lock.Unlock()
	var err error
	switch challenge.Type {
	case "http-01":
		p.path = client.HTTP01ChallengePath(challenge.Token)
		p.body, err = client.HTTP01ChallengeResponse(challenge.Token)
	case "dns-01":
		var record string
		record, err = client.DNS01ChallengeRecord(challenge.Token)
		check(err)
		err = os.WriteFile(filepath.Join(zone, "_acme-challenge."+name), []byte(record+"\n"), 0o644)
	case "tls-alpn-01":
		var certificate tls.Certificate
		certificate, err = client.TLSALPN01ChallengeCert(challenge.Token, name)
		p.certificate = &certificate
	}
	check(err)
}

func prove(ctx context.Context, client *acme.Client, url, wanted, zone string, proofs *proofs) {
	authorization, err := client.GetAuthorization(ctx, url)
	check(err)
	if authorization.Status != acme.StatusPending {
		return
	}
	for _, challenge := range authorization.Challenges {
		if challenge.Type != wanted {
			continue
		}
		proofs.show(client, challenge, authorization.Identifier.Value, zone)
		_, err = client.Accept(ctx, challenge)
		check(err)
		_, err = client.WaitAuthorization(ctx, url)
		check(err)
		return
	}
	log.Fatalf("no challenge %s in %v", wanted, authorization.Challenges)
}

// A certificate for the key, which is written to the file with its chain and returned alone.
func issue(ctx context.Context, client *acme.Client, name string, key crypto.Signer, file string, prove func(url string)) []byte {
	identifiers, request := acme.DomainIDs(name), &x509.CertificateRequest{DNSNames: []string{name}}
	if address := net.ParseIP(name); address != nil {
		identifiers, request = acme.IPIDs(name), &x509.CertificateRequest{IPAddresses: []net.IP{address}}
	}
	order, err := client.AuthorizeOrder(ctx, identifiers)
	check(err)
	for _, url := range order.AuthzURLs {
		prove(url)
	}
	order, err = client.WaitOrder(ctx, order.URI)
	check(err)
	csr, err := x509.CreateCertificateRequest(rand.Reader, request, key)
	check(err)
	chain, _, err := client.CreateOrderCert(ctx, order.FinalizeURL, csr, true)
	check(err)
	var text []byte
	for _, der := range chain {
		text = append(text, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	check(os.WriteFile(file, text, 0o644))
	return chain[0]
}

// Goes on with another key: the account is no longer known by the one before.
func changeKey(ctx context.Context, client *acme.Client, directory, roots string) {
	before := client.Key
	check(client.AccountKeyRollover(ctx, newKey()))
	if _, err := newClient(directory, roots, before).GetReg(ctx, ""); !errors.Is(err, acme.ErrNoAccount) {
		log.Fatalf("the key before still opens the account: %v", err)
	}
	if _, err := newClient(directory, roots, client.Key).GetReg(ctx, ""); err != nil {
		log.Fatalf("the new key does not open the account: %v", err)
	}
}

func main() {
	directory, roots, wanted, name, zone := os.Args[1], os.Args[2], os.Args[3], os.Args[4], os.Args[5]
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	proofs := &proofs{}
	proofs.serve(os.Args[6], os.Args[7])
	account := &acme.Account{}
	if len(os.Args) > 8 {
		secret, err := base64.RawURLEncoding.DecodeString(os.Args[9])
		check(err)
		account.ExternalAccountBinding = &acme.ExternalAccountBinding{KID: os.Args[8], Key: secret}
	}
	client := newClient(directory, roots, newKey())
	_, err := client.Register(ctx, account, acme.AcceptTOS)
	check(err)
	prove := func(url string) { prove(ctx, client, url, wanted, zone, proofs) }
	key := newKey()
	first := issue(ctx, client, name, key, "first.pem", prove)
	fmt.Println("issued")
	changeKey(ctx, client, directory, roots)
	fmt.Println("key changed")
	second := issue(ctx, client, name, newKey(), "second.pem", prove)
	fmt.Println("renewed")
	// One by the account, the other by the key that is in it (RFC 8555 section 7.6).
	check(client.RevokeCert(ctx, nil, second, acme.CRLReasonSuperseded))
	check(client.RevokeCert(ctx, key, first, acme.CRLReasonKeyCompromise))
	fmt.Println("revoked")
}
