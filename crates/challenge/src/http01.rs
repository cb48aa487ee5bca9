//! http-01, RFC 8555 section 8.3.

use hf_proto::acme::validation::ValidationTask;
use http::uri::Scheme;

use crate::dial;
use crate::error::{ChallengeError, RedirectRefusal};
use crate::fetch::{self, Answer};
use crate::proof::body;
use crate::redirect::{Subject, Trail};
use crate::settings::ChallengeSettings;
use crate::tls::ValidationTls;

/// Ask the subject for the key authorization, wherever it sends us on to.
pub(crate) async fn attempt(
    settings: &ChallengeSettings,
    tls: &ValidationTls,
    subject: &Subject,
    task: &ValidationTask,
) -> Result<(), ChallengeError> {
    let limits = settings.limits;
    let mut trail = Trail::start(subject, &task.http_path(), settings.ports, limits.redirects)
        .ok_or(ChallengeError::Redirect(RedirectRefusal::Unreadable))?;
    // Ends because a trail takes only so many steps.
    loop {
        match ask(settings, tls, &trail).await? {
            Answer::Body(found) => {
                let url = trail.url().to_string();
                let there = trail.place().is_some_and(|place| place.subject == *subject);
                return body::proves(&found, &task.key_authorization).map_err(|found| {
                    if there {
                        ChallengeError::Body { url, found }
                    } else {
                        ChallengeError::BodyElsewhere { url }
                    }
                });
            }
            Answer::Elsewhere { status, location } => {
                trail.follow(status, location.as_ref()).map_err(ChallengeError::Redirect)?;
            }
        }
    }
}

async fn ask(
    settings: &ChallengeSettings,
    tls: &ValidationTls,
    trail: &Trail,
) -> Result<Answer, ChallengeError> {
    let place = trail.place().ok_or(ChallengeError::Redirect(RedirectRefusal::Unreadable))?;
    let (stream, address) = dial::open(settings, &place.subject, place.port).await?;
    if place.scheme == Scheme::HTTPS {
        let stream = tls.for_redirect(&place.subject, address, stream).await?;
        return fetch::get(stream, trail.url(), settings.limits.body).await;
    }
    fetch::get(stream, trail.url(), settings.limits.body).await
}
