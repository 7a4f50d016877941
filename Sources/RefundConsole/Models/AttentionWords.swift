internal import RefundMessages

extension EncodedMessage {
    /// What it is, as people say it: of a call for a person also what for.
    var title: String {
        guard type == .needsAttention, let cause = id.split(separator: "/alert/").dropFirst().first,
            let words = attentionWords[String(cause.prefix { $0 != "/" && $0 != "." })]
        else { return type.title }
        return "\(type.title): \(words)"
    }
}

/// By the codes of the contract (§ 4).
private let attentionWords = [
    "revoke_failed": "the access system refuses",
    "revoke_unanswered": "the access system does not answer",
    "revoke_undone": "the access came back",
    "revoke_contradicted": "the access system contradicts itself",
    "revoke_in_doubt": "the access may be taken twice",
    "revoke_done_twice": "the access was taken twice",
    "payout_failed": "the payout system refuses",
    "payout_unanswered": "the payout system does not answer",
    "payout_bounced": "the money came back",
    "payout_contradicted": "the payout system contradicts itself",
    "payout_in_doubt": "the money may be paid twice",
    "payout_done_twice": "the money was paid twice",
    "payout_after_end": "money moved after the case had ended",
    "access_to_restore": "the access is to be restored",
    "many_events": "very much happens to this case",
]
