/// A date or a number that a reason's message speaks of (contract § 3, `params`).
public struct ReasonParameter: Sendable {
    public enum Value: Hashable, Sendable {
        case date(CalendarDate)
        case count(Int)
        case code(String)
    }

    /// The member's name, such as `last_day`.
    public let name: StaticString
    public let value: Value

    public init(_ name: StaticString, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension ReasonCode {
    /// What the message of this reason speaks of, so that another language needs no parsing; in a fixed order, and none
    /// where it quotes nothing.
    public func parameters(for request: RefundRequest, under policy: PolicyVersion) -> [ReasonParameter] {
        switch self {
        case .returnWindowClosed: missedWindow(request, policy)
        case .serviceNotCancellable, .nothingToProrate:
            policy.kindJudged(request) == request.kind ? [] : lateness(request, policy)
        case .datesConflict: conflictingDates(request, policy)
        case .currencyWithdrawn: withdrawal(of: request.invoice.paid.currency)
        default: []
        }
    }

    private func missedWindow(_ request: RefundRequest, _ policy: PolicyVersion) -> [ReasonParameter] {
        let window = policy.returnWindow(for: request)
        return [
            ReasonParameter("days", .count(window.days)),
            ReasonParameter(
                window.firstDay == request.invoice.issuedOn ? "issued_on" : "concluded_on", .date(window.firstDay)),
        ] + lateness(request, policy)
    }

    private func lateness(_ request: RefundRequest, _ policy: PolicyVersion) -> [ReasonParameter] {
        [
            ReasonParameter("last_day", .date(policy.returnWindow(for: request).lastDay)),
            ReasonParameter("submitted_on", .date(policy.timeZone.date(of: request.submittedAt))),
        ]
    }

    private func conflictingDates(_ request: RefundRequest, _ policy: PolicyVersion) -> [ReasonParameter] {
        let judgement = Judgement(of: request, under: policy, at: nil)
        var dates: [ReasonParameter] = []
        if policy.isBeforeInvoice(request, judgement) {
            dates.append(ReasonParameter("submitted_on", .date(judgement.submittedOn)))
            dates.append(ReasonParameter("issued_on", .date(request.invoice.issuedOn)))
        }
        if let term = request.term, !term.isInOrder {
            dates.append(ReasonParameter("starts_on", .date(term.startsOn)))
            dates.append(ReasonParameter("ends_on", .date(term.endsOn)))
        }
        return dates
    }

    private func withdrawal(of currency: Currency) -> [ReasonParameter] {
        let code = [ReasonParameter("currency", .code(currency.code))]
        return code + (currency.lastDay.map { [ReasonParameter("last_day", .date($0))] } ?? [])
    }
}
