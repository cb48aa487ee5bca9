//! The authority: policy, profiles, issuing, revoking, CRLs.
