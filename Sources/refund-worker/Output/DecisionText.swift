import RefundCase
import RefundPolicy
import RefundService

/// A decision as people read it: what, why, and how the amount comes about.
struct DecisionText {
    private let refundCase: RefundCase

    init(_ refundCase: RefundCase) {
        self.refundCase = refundCase
    }

    /// The outcome on the first line, and below it, indented, what led there.
    var lines: [String] {
        let decision = refundCase.decision
        var first = "\(refundCase.id)  \(decision.outcome.rawValue)"
        if let refund = decision.refund { first += "  \(refund)" }
        return [first] + reasons + details
    }

    /// Every reason with its code, and the amount as a fraction.
    var reasons: [String] {
        refundCase.decision.reasons.map { code in
            "  \(code.name): \(code.message(for: refundCase.request, under: refundCase.policy, as: refundCase.decision.outcome))"
        }
    }

    private var details: [String] {
        var fields = FieldList()
        let decision = refundCase.decision
        if decision.outcome != .rejected { fields.add("amount", decision.calculation?.text) }
        for finding in refundCase.policy.findings(for: refundCase.request, line: refundCase.standing) {
            fields.add(finding.holds ? "holds" : "fails", "\(finding.rule): \(finding.detail)")
        }
        fields.add("policy", "\(refundCase.policy.name) \(refundCase.policy.version)")
        fields.add("respond by", refundCase.respondBy.description)
        if decision.outcome != .rejected { fields.add("refund by", refundCase.refundBy.description) }
        return fields.lines
    }
}
