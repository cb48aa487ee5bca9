//go:build ignore

// A mutual-TLS server with nothing but the standard library.
//
//	go run go/server.go trust/go.languages.internal [PORT]
//
// Reads from that directory:
//
//	fullchain.pem  our certificate and the intermediate above it
//	key.pem        our private key
//	roots.pem      the roots whose clients we accept
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

func main() {
	trust, port := os.Args[1], "8443"
	if len(os.Args) > 2 {
		port = os.Args[2]
	}
	config, err := config(trust)
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr())
	server := http.Server{
		TLSConfig:   config,
		Handler:     greeter(filepath.Base(trust)),
		ReadTimeout: 5 * time.Second,
		ErrorLog:    log.New(os.Stdout, "refused: ", 0), // a handshake that fails is logged here
	}
	log.Fatal(server.ServeTLS(listener, "", ""))
}

// What we show to clients, and whom we believe.
func config(trust string) (*tls.Config, error) {
	identity, err := tls.LoadX509KeyPair(filepath.Join(trust, "fullchain.pem"), filepath.Join(trust, "key.pem"))
	if err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(filepath.Join(trust, "roots.pem"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate in %s", filepath.Join(trust, "roots.pem"))
	}
	return &tls.Config{
		Certificates: []tls.Certificate{identity},
		ClientCAs:    roots,
		ClientAuth:   tls.RequireAndVerifyClientCert, // without this line anybody may connect
		MinVersion:   tls.VersionTLS13,
	}, nil
}

// Answers every request with one line.
func greeter(us string) http.HandlerFunc {
	return func(answer http.ResponseWriter, request *http.Request) {
		peer := request.TLS.PeerCertificates[0].DNSNames[0]
		fmt.Println("accepted", peer, "over", tls.VersionName(request.TLS.Version))
		fmt.Fprintf(answer, "hello %s, this is %s\n", peer, us)
	}
}
