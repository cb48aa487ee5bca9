//! Asking lists and responders about a certificate: what is needed is fetched here, and judged in `hf_verify::status`.

mod fetch;

use std::collections::HashMap;
use std::path::Path;

use hf_core::finding::Finding;
use hf_core::random::Random as _;
use hf_core::time::Timestamp;
use hf_keys::random::SystemRandom;
use hf_verify::codes;
use hf_verify::status::{Kind, Opinion, Places, Question, Source, Verdict, is_http, judge};
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::ocsp::{OcspRequest, OcspResponse};

use crate::context::Context;
use crate::error::CommandError;
use crate::files;

use fetch::{FetchError, Fetcher};

/// Octets of a nonce, as RFC 9654 section 2.1 recommends.
const NONCE: usize = 32;

/// Where to ask instead of where a certificate says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    /// Certificates among which the issuer may be.
    pub(crate) issuers: Vec<Certificate>,
    /// Lists: files or addresses.
    pub(crate) lists: Vec<String>,
    /// Responders: addresses.
    pub(crate) responders: Vec<String>,
}

/// What was found out about one certificate.
pub(crate) struct Answer {
    /// Each source with what it says.
    pub(crate) sources: Vec<Source>,
    /// All of them together.
    pub(crate) verdict: Verdict,
}

/// Lists and issuers are fetched once, however many certificates name them.
pub(crate) struct Asker<'c> {
    context: &'c Context,
    fetcher: Fetcher,
    named: Named,
    time: Timestamp,
    /// By address or file.
    lists: HashMap<String, Result<Vec<CertificateList>, Box<Finding>>>,
    issuers: HashMap<String, Vec<Certificate>>,
}

impl<'c> Asker<'c> {
    /// Judge by `time`.
    pub(crate) fn new(context: &'c Context, named: Named, time: Timestamp) -> Result<Self, CommandError> {
        let fetcher = Fetcher::new(&context.clock)?;
        let (lists, issuers) = (HashMap::new(), HashMap::new());
        Ok(Self { context, fetcher, named, time, lists, issuers })
    }

    /// Ask about `certificate`; `beside` are certificates that came with it.
    pub(crate) fn ask(
        &mut self,
        certificate: &Certificate,
        beside: &[Certificate],
    ) -> Result<Answer, CommandError> {
        let places = Places::of(certificate);
        let question = match self.question(certificate, beside, &places) {
            Ok(question) => question,
            Err(finding) => return Ok(Answer::unanswerable(certificate, *finding)),
        };
        let mut sources = Vec::new();
        let mut at_hand = Vec::new();
        for place in chosen(&self.named.lists, places.lists) {
            match self.lists_at(&place) {
                Ok(lists) => {
                    sources.extend(lists.iter().map(|list| Source {
                        kind: Kind::Crl,
                        at: place.clone(),
                        opinion: question.by_list(list),
                    }));
                    at_hand.extend(lists);
                }
                Err(finding) => {
                    let opinion = Opinion::nothing(*finding);
                    sources.push(Source { kind: Kind::Crl, at: place, opinion });
                }
            }
        }
        for place in chosen(&self.named.responders, places.responders) {
            let opinion = self.by_responder(&question, &place, &at_hand)?;
            sources.push(Source { kind: Kind::Ocsp, at: place, opinion });
        }
        Ok(Answer { verdict: judge(certificate, &sources), sources })
    }

    fn question(
        &mut self,
        certificate: &Certificate,
        beside: &[Certificate],
        places: &Places,
    ) -> Result<Question, Box<Finding>> {
        let mut candidates = self.named.issuers.clone();
        candidates.extend_from_slice(beside);
        let without = match Question::new(certificate, &candidates, self.time) {
            Ok(question) => return Ok(question),
            Err(_) if certificate.is_self_signed() => Vec::new(),
            Err(_) => places.issuers.clone(),
        };
        let mut missed = None;
        for place in without {
            match self.issuers_at(&place) {
                Ok(found) => candidates.extend(found),
                Err(finding) => missed = Some(finding),
            }
            if let Ok(question) = Question::new(certificate, &candidates, self.time) {
                return Ok(question);
            }
        }
        Question::new(certificate, &candidates, self.time).map_err(|finding| missed.unwrap_or(finding))
    }

    fn issuers_at(&mut self, url: &str) -> Result<Vec<Certificate>, Box<Finding>> {
        if let Some(found) = self.issuers.get(url) {
            return Ok(found.clone());
        }
        let unreachable = |cause: String| Box::new(unreachable(url, "the certificate of the issuer", &cause));
        let octets = self
            .context
            .block_on(self.fetcher.get(url, fetch::CERTIFICATES))
            .map_err(|error| unreachable(error.chain()))?;
        let found = files::certificates_in(&octets)
            .map_err(|error| unreachable(format!("no certificate can be read from it: {error}")))?;
        self.issuers.insert(url.to_owned(), found.clone());
        Ok(found)
    }

    /// The lists of a file, or the one at an address.
    fn lists_at(&mut self, place: &str) -> Result<Vec<CertificateList>, Box<Finding>> {
        if let Some(known) = self.lists.get(place) {
            return known.clone();
        }
        let found = self.read_lists(place);
        self.lists.insert(place.to_owned(), found.clone());
        found
    }

    fn read_lists(&self, place: &str) -> Result<Vec<CertificateList>, Box<Finding>> {
        let octets = if is_http(place) {
            let fetched = self.context.block_on(self.fetcher.get(place, fetch::LIST));
            fetched.map_err(|error| Box::new(unreachable(place, "the list", &error.chain())))?.to_vec()
        } else {
            files::octets(Path::new(place), hf_x509::limits::MAX_CRL).map_err(|error| {
                let causes = error.causes().join(": ");
                Box::new(unreachable(place, "the list", &format!("{}: {causes}", error.message())))
            })?
        };
        files::crls_in(octets).map_err(|error| {
            Box::new(
                Finding::error(codes::CRL_ENCODING, place, "no revocation list can be read from it")
                    .expected_found("a CRL, DER or PEM", error.to_string())
                    .rfc("RFC 5280 section 5.1"),
            )
        })
    }

    fn by_responder(
        &self,
        question: &Question,
        url: &str,
        lists: &[CertificateList],
    ) -> Result<Opinion, CommandError> {
        let mut nonce = vec![0; NONCE];
        SystemRandom
            .fill(&mut nonce)
            .map_err(|error| CommandError::fault("there are no random numbers").because(error))?;
        let Some(request) = question.request(Some(nonce)) else {
            let cause = "the serial number of the certificate is none that RFC 5280 allows";
            return Ok(Opinion::nothing(unreachable(url, "the responder", cause)));
        };
        Ok(match self.context.block_on(self.answer(url, &request)) {
            Ok(octets) => match OcspResponse::from_der(&octets) {
                Ok(response) => question.by_response(&request, &response, lists),
                Err(error) => Opinion::nothing(unreadable(url, &error)),
            },
            Err(error) => Opinion::nothing(unreachable(url, "the responder", &error.chain())),
        })
    }

    async fn answer(&self, url: &str, request: &OcspRequest) -> Result<bytes::Bytes, FetchError> {
        self.fetcher.post(url, "application/ocsp-request", request.to_der(), fetch::ANSWER).await
    }
}

impl Answer {
    /// Without the issuer nobody's word counts.
    fn unanswerable(certificate: &Certificate, finding: Finding) -> Self {
        let mut verdict = judge(certificate, &[]);
        verdict.findings = vec![finding];
        Self { sources: Vec::new(), verdict }
    }
}

/// What was named, else what the certificate says.
fn chosen(named: &[String], own: Vec<String>) -> Vec<String> {
    if named.is_empty() { own } else { named.to_vec() }
}

fn unreachable(place: &str, what: &str, cause: &str) -> Finding {
    Finding::error(codes::STATUS_UNREACHABLE, place, format!("{what} cannot be had"))
        .evidence("cause", cause)
        .rfc("RFC 5280 section 6.3.3")
        .hint(if is_http(place) {
            format!("try it: `curl -v {place}`")
        } else {
            format!("look for `{place}`")
        })
}

fn unreadable(place: &str, error: &hf_x509::error::X509Error) -> Finding {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Finding::error(codes::OCSP_ENCODING, place, "what the responder sent cannot be read")
        .expected_found("an OCSPResponse in DER", format!("{error}{cause}"))
        .rfc("RFC 6960 section 4.2.1")
}
