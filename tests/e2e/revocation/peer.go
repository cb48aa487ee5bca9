// A Go server that refuses revoked clients: peer SERVER CLIENT, the folders of two instances.
//
// Each certificate of a client's chain is looked up in the list at its distribution point, whose signature is checked.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

func list(url string, issuer *x509.Certificate) (*x509.RevocationList, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/pkix-crl" {
		return nil, fmt.Errorf("%s: %s %s", url, answer.Status, answer.Header.Get("Content-Type"))
	}
	der, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	crl, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, err
	}
	if time.Now().After(crl.NextUpdate) {
		return nil, errors.New("the list is over")
	}
	return crl, crl.CheckSignatureFrom(issuer)
}

func refuseRevoked(_ [][]byte, chains [][]*x509.Certificate) error {
	chain := chains[0]
	for i, certificate := range chain[:len(chain)-1] {
		if len(certificate.CRLDistributionPoints) == 0 {
			return fmt.Errorf("%s has no distribution point", certificate.Subject)
		}
		crl, err := list(certificate.CRLDistributionPoints[0], chain[i+1])
		if err != nil {
			return err
		}
		for _, entry := range crl.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(certificate.SerialNumber) == 0 {
				return fmt.Errorf("%s is revoked since %s", certificate.Subject, entry.RevocationTime)
			}
		}
	}
	return nil
}

func main() {
	own, roots := load(os.Args[1])
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates:          []tls.Certificate{own},
		ClientAuth:            tls.RequireAndVerifyClientCert,
		ClientCAs:             roots,
		VerifyPeerCertificate: refuseRevoked,
	})
	check(err)
	go func() {
		client, trusted := load(os.Args[2])
		connection, err := tls.Dial("tcp", listener.Addr().String(), &tls.Config{
			Certificates: []tls.Certificate{client},
			RootCAs:      trusted,
			ServerName:   filepath.Base(os.Args[1]),
		})
		if err == nil {
			io.Copy(io.Discard, connection)
		}
	}()
	connection, err := listener.Accept()
	check(err)
	check(connection.(*tls.Conn).Handshake())
	fmt.Println("accepted")
	connection.(net.Conn).Close()
}
