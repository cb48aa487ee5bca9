//! Answers out of a file of responses that were signed before.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_x509::ocsp::{CertId, OcspRequest, OcspResponse, ResponseStatus};

use crate::failure;

/// The most responses in one file.
const MAX_RESPONSES: usize = 1_000_000;

/// What a client gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The response, DER.
    pub der: Vec<u8>,
    /// What came of the request: `MalformedRequest`, `Unauthorized` (nothing is known of the certificate),
    /// `InternalError` or `Successful`.
    pub status: ResponseStatus,
    /// `thisUpdate` and `nextUpdate` of a successful answer, for caches.
    pub fresh: Option<(Timestamp, Timestamp)>,
}

impl Answer {
    /// An answer that says nothing but this.
    pub fn refusal(status: ResponseStatus) -> Self {
        Self { der: OcspResponse::without_answer(status), status, fresh: None }
    }

    /// A response that was signed before; one that has ended is not handed out any more.
    pub(crate) fn stored(der: Vec<u8>, now: Timestamp) -> Self {
        let read = OcspResponse::from_der(&der).ok().and_then(|response| response.basic);
        let single = read.and_then(|basic| basic.responses.into_iter().next());
        match single {
            Some(single) => {
                let Some(ends) = single.next_update else {
                    return Self { der, status: ResponseStatus::Successful, fresh: None };
                };
                if ends < now {
                    return Self::refusal(ResponseStatus::TryLater);
                }
                Self { der, status: ResponseStatus::Successful, fresh: Some((single.this_update, ends)) }
            }
            None => Self::refusal(ResponseStatus::InternalError),
        }
    }
}

/// Responses by the certificates that they are about.
#[derive(Clone, Debug, Default)]
pub struct FileSource(BTreeMap<Serial, Vec<Stored>>);

#[derive(Clone, Debug)]
struct Stored {
    certificate: CertId,
    der: Vec<u8>,
}

impl FileSource {
    /// Read a file: responses in base64, separated by white space. What `ocspdump` prints is such a file.
    ///
    /// # Errors
    /// 8001 with the number of the response that is none.
    pub fn read(text: &str) -> Result<Self, CfsslError> {
        let mut all: BTreeMap<Serial, Vec<Stored>> = BTreeMap::new();
        for (index, word) in text.split_ascii_whitespace().enumerate() {
            let refuse =
                |why: &str| failure::saying(ErrorKind::OcspRead, format!("response {} {why}", index + 1));
            if index >= MAX_RESPONSES {
                return Err(refuse(&format!("is one more than the {MAX_RESPONSES} that are read")));
            }
            let der = STANDARD.decode(word).map_err(|_| refuse("is not base64"))?;
            let response = OcspResponse::from_der(&der).map_err(|_| refuse("is no OCSP response"))?;
            let singles = response.basic.map(|basic| basic.responses).unwrap_or_default();
            for single in singles {
                let serial = single.certificate.serial().map_err(|_| refuse("has a bad serial number"))?;
                let stored = Stored { certificate: single.certificate, der: der.clone() };
                all.entry(serial).or_default().push(stored);
            }
        }
        Ok(Self(all))
    }

    /// How many certificates it knows of.
    pub fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Whether it knows of none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The answer to a request about one certificate, now. Better than CFSSL, which looks at the serial number alone: the
    /// issuer must be the one that is asked about, as far as the digests of request and response can be compared.
    pub fn answer(&self, request: &[u8], now: Timestamp) -> Answer {
        let Ok(request) = OcspRequest::from_der(request) else {
            return Answer::refusal(ResponseStatus::MalformedRequest);
        };
        let [asked] = request.certificates.as_slice() else {
            return Answer::refusal(ResponseStatus::Unauthorized);
        };
        let known = asked.serial().ok().and_then(|serial| self.0.get(&serial));
        let known = known.map(Vec::as_slice).unwrap_or_default().iter();
        let found = super::choose(known.map(|stored| (&stored.certificate, stored)), asked);
        match found {
            Some(stored) => Answer::stored(stored.der.clone(), now),
            None => Answer::refusal(ResponseStatus::Unauthorized),
        }
    }
}
