// A service that knows nothing of certificates: `main NAME PORT SIDECAR`.
//
// `/` says who asked. `/ask/OTHER` asks the other service, through the sidecar.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	name, port, sidecar := os.Args[1], os.Args[2], os.Args[3]
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello %s, this is %s in Go\n", r.Header.Get("X-Caller"), name)
	})
	http.HandleFunc("/ask/", func(w http.ResponseWriter, r *http.Request) {
		answer, err := http.Get(sidecar + "/" + strings.TrimPrefix(r.URL.Path, "/ask/") + "/")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		w.WriteHeader(answer.StatusCode)
		io.Copy(w, answer.Body)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+port, nil))
}
