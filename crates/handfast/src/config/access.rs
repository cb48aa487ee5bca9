//! The rules of `[access.NAME]`, as the doors of the server want them.

use hf_ca::policy::NamePattern;
use hf_ca::request::RequesterLimits;
use hf_http::access::rules::{Allowance, CertificateRule, Rules, TokenRule};
use hf_http::access::token::NameTemplate;
use hf_topology::declared::{Access, Topology, Who};

use crate::error::CommandError;

/// Every rule of the file.
pub(crate) fn rules(topology: &Topology) -> Result<Rules, CommandError> {
    let mut rules = Rules::default();
    for access in &topology.access {
        match &access.who {
            Who::Certificate { issued_by, names } => rules.certificates.push(CertificateRule {
                name: access.name.clone(),
                authority: issued_by.clone(),
                names: names.clone(),
                allowance: Allowance {
                    rights: access.rights.iter().copied().collect(),
                    limits: limits(access)?,
                },
            }),
            Who::Token { issuer, audience, jwks, claims } => rules.tokens.push(TokenRule {
                name: access.name.clone(),
                issuer: issuer.clone(),
                audience: audience.clone(),
                jwks_url: jwks.clone(),
                claims: claims.iter().cloned().collect(),
                names: parsed::<NameTemplate>(access)?.unwrap_or_default(),
                rights: access.rights.iter().copied().collect(),
                profiles: access.profiles.clone(),
                authorities: access.authorities.clone(),
                max_lifetime: access.max_lifetime,
            }),
        }
    }
    Ok(rules)
}

fn limits(access: &Access) -> Result<RequesterLimits, CommandError> {
    Ok(RequesterLimits {
        names: parsed::<NamePattern>(access)?,
        profiles: access.profiles.clone(),
        authorities: access.authorities.clone(),
        max_lifetime: access.max_lifetime,
    })
}

/// The names of a rule in the form that they are used in.
fn parsed<T>(access: &Access) -> Result<Option<Vec<T>>, CommandError>
where
    T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    let Some(names) = &access.names else { return Ok(None) };
    let one = |name: &String| {
        name.parse::<T>().map_err(|error| {
            CommandError::refused(format!(
                "`names` of `[access.{}]`, line {}",
                access.name, access.place.line
            ))
            .because(error)
        })
    };
    names.iter().map(one).collect::<Result<Vec<T>, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(access: &str) -> Result<Rules, String> {
        let text = format!("[trust]\ndomain = \"shop.internal\"\n{access}");
        let topology = hf_topology::declare::parse(&text, "handfast.toml")
            .map_err(|found| found.iter().map(|one| one.summary.clone()).collect::<Vec<_>>().join("; "))?;
        rules(&topology).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn rules_are_read() {
        let rules = read(
            "[access.deployers]\ncertificates = [\"deploy.shop.internal\"]\nissued_by = \"services\"\n\
             rights = [\"issue\", \"read\"]\nnames = [\"shop.internal\"]\n\
             [access.ci]\nissuer = \"https://id.example\"\naudience = \"ca\"\nclaims = [\"ref=main\"]\n\
             rights = [\"issue\"]\nnames = [\"{owner}.ci.shop.internal\"]\n",
        )
        .unwrap();
        assert_eq!(rules.certificates[0].authority, "services");
        assert_eq!(rules.tokens[0].claims["ref"], "main");
    }

    #[test]
    fn what_would_be_too_open_is_refused() {
        for bad in [
            "[access.a]\nrights = [\"issue\"]\n",
            "[access.a]\ncertificates = [\"a.shop.internal\"]\nrights = [\"issue\"]\n",
            "[access.a]\ncertificates = [\"a.shop.internal\"]\nissued_by = \"nobody\"\nrights = [\"issue\"]\n",
            "[access.a]\ncertificates = [\"a.shop.internal\"]\nissued_by = \"services\"\n",
            "[access.a]\ncertificates = [\"a.shop.internal\"]\nissued_by = \"services\"\nrights = [\"everything\"]\n",
            "[access.a]\nissuer = \"https://id.example\"\naudience = \"ca\"\nrights = [\"issue\"]\n",
            "[access.a]\nissuer = \"http://id.example\"\naudience = \"ca\"\nrights = [\"issue\"]\nnames = [\"a.b\"]\n",
            "[access.a]\nissuer = \"https://id.example\"\nrights = [\"issue\"]\nnames = [\"a.b\"]\n",
            "[access.a]\nissuer = \"https://id.example\"\naudience = \"ca\"\nrights = [\"issue\"]\nnames = [\"{a\"]\n",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
