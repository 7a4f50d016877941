/// A date, an amount or a number that a reason's message speaks of (contract § 3, `params`).
public struct ReasonParameter: Sendable {
    public enum Value: Hashable, Sendable {
        case date(CalendarDate)
        case amount(Money)
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
        case .returnWindowClosed:
            [
                ReasonParameter("days", .count(policy.returnWindowDays)),
                policy.firstDayOfReturn(request) == request.invoice.issuedOn
                    ? ReasonParameter("issued_on", .date(request.invoice.issuedOn))
                    : ReasonParameter("concluded_on", .date(policy.firstDayOfReturn(request))),
                ReasonParameter("last_day", .date(policy.lastDayOfReturn(request))),
                ReasonParameter("submitted_on", .date(policy.timeZone.date(of: request.submittedAt))),
            ]
        case .datesConflict: conflictingDates(request, policy)
        case .currencyWithdrawn: withdrawal(of: request.invoice.paid.currency)
        default: []
        }
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
