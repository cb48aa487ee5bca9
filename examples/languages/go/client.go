//go:build ignore

// A mutual-TLS client with nothing but the standard library.
//
//	go run go/client.go trust/go.languages.internal SERVER_NAME HOST:PORT
//
// Reads from that directory:
//
//	fullchain.pem  our certificate and the intermediate above it
//	key.pem        our private key
//	roots.pem      the roots whose servers we accept
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

func main() {
	if err := get(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
}

// One HTTP request to address, for the server called name; prints the body of its answer.
func get(trust, name, address string) error {
	config, err := config(trust)
	if err != nil {
		return err
	}
	// The name is verified as always; only where to connect is said apart from it.
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	transport := &http.Transport{TLSClientConfig: config, DialContext: dial}
	client := http.Client{Transport: transport, Timeout: 5 * time.Second}
	answer, err := client.Get("https://" + name + "/")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, err = io.Copy(os.Stdout, answer.Body)
	return err
}

// What we show to servers, and whom we believe.
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
		RootCAs:      roots,
		MinVersion:   tls.VersionTLS13,
	}, nil
}
