// What every Go program here begins with.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
)

// load reads an instance's folder: its certificate with the key, and whom it trusts.
func load(folder string) (tls.Certificate, *x509.CertPool) {
	own, err := tls.LoadX509KeyPair(filepath.Join(folder, "fullchain.pem"), filepath.Join(folder, "key.pem"))
	check(err)
	pem, err := os.ReadFile(filepath.Join(folder, "roots.pem"))
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return own, roots
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
