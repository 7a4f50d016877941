import RefundCase
import RefundPolicy
import RefundService

/// A decision as people read it: what, why, and how the amount comes about.
struct DecisionText {
    private let refundCase: RefundCase
    private let findings: [RuleFinding]

    /// - Parameter findings: how each rule came out; those of the case where nothing else is said.
    init(_ refundCase: RefundCase, findings: [RuleFinding]? = nil) {
        self.refundCase = refundCase
        self.findings = findings ?? refundCase.findings
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
        for alternative in decision.outcome == .rejected ? refundCase.alternatives : [] {
            fields.add("or else", "\(alternative.kind.rawValue): \(alternative.calculation.text)")
        }
        for finding in findings {
            fields.add(
                finding.holds.map { $0 ? "holds" : "fails" } ?? "unknown", "\(finding.rule): \(finding.detail)")
        }
        fields.add("policy", refundCase.policy.title)
        fields.add("respond by", refundCase.respondBy.description)
        if decision.outcome != .rejected { fields.add("refund by", refundCase.refundBy.description) }
        return fields.lines
    }
}
