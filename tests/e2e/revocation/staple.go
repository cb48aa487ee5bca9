// A Go client that wants a staple: staple CLIENT ADDRESS, the folder of an instance and a server.
//
// The standard library hands out the staple unread, so it is read here as far as RFC 6960 needs: the status of the one
// certificate, the times, and the signature, which must be the issuer's own.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"os"
	"time"
)

type response struct {
	Status asn1.Enumerated
	Bytes  struct {
		Type asn1.ObjectIdentifier
		Body []byte
	} `asn1:"explicit,tag:0"`
}

type basic struct {
	Data      data
	Algorithm pkix.AlgorithmIdentifier
	Signature asn1.BitString
}

type data struct {
	Raw       asn1.RawContent
	Responder asn1.RawValue
	Produced  time.Time `asn1:"generalized"`
	Responses []single
}

type single struct {
	Certificate struct {
		Hash   pkix.AlgorithmIdentifier
		Name   []byte
		Key    []byte
		Serial *big.Int
	}
	Status     asn1.RawValue
	ThisUpdate time.Time `asn1:"generalized"`
	NextUpdate time.Time `asn1:"generalized,explicit,tag:0"`
}

func judge(state tls.ConnectionState) error {
	if len(state.OCSPResponse) == 0 {
		return errors.New("there is no staple")
	}
	leaf, issuer := state.VerifiedChains[0][0], state.VerifiedChains[0][1]
	var outer response
	if _, err := asn1.Unmarshal(state.OCSPResponse, &outer); err != nil {
		return err
	}
	var inner basic
	if _, err := asn1.Unmarshal(outer.Bytes.Body, &inner); err != nil {
		return err
	}
	if err := issuer.CheckSignature(x509.ECDSAWithSHA256, inner.Data.Raw, inner.Signature.Bytes); err != nil {
		return err
	}
	answer, now := inner.Data.Responses[0], time.Now()
	if answer.Certificate.Serial.Cmp(leaf.SerialNumber) != 0 {
		return errors.New("the staple is about another certificate")
	}
	if now.Before(answer.ThisUpdate) || now.After(answer.NextUpdate) {
		return errors.New("the staple is out of date")
	}
	if answer.Status.Class != asn1.ClassContextSpecific || answer.Status.Tag != 0 {
		return fmt.Errorf("the certificate is not good: [%d]", answer.Status.Tag)
	}
	return nil
}

func main() {
	own, roots := load(os.Args[1])
	connection, err := tls.Dial("tcp", os.Args[2], &tls.Config{
		Certificates:     []tls.Certificate{own},
		RootCAs:          roots,
		ServerName:       "web.shop.internal",
		VerifyConnection: judge,
	})
	check(err)
	fmt.Println("good")
	connection.Close()
}
