internal import RefundCase
internal import RefundMessages
internal import RefundPolicy
internal import RefundWorker

/// What would follow if a person's message came now.
struct ActionPreview: Sendable {
    var history: CaseHistory
    var form: ActionForm
    /// What is missing, by field; empty when it can be sent.
    var gaps: [String: String]
    /// The message that would be sent.
    var body: [UInt8]
    var trial: Trial

    /// - Parameters:
    ///   - survey: the store, for what a worker would load.
    ///   - policies: the policy in force.
    /// - Returns: `nil` when there is no such case.
    init?(
        _ form: ActionForm, about id: RequestID, in survey: any CaseSurvey, under policies: PolicyShelf, at now: Instant
    )
        throws
    {
        guard let history = try survey.history(of: id) else { return nil }
        let currency = history.refundCase.request.invoice.paid.currency
        self.history = history
        self.form = form
        gaps = form.gaps(currency: currency)
        body = form.body(about: id, currency: currency)
        do throws(DeadLetterReason) {
            let message = try InboundDecoder().decode(body, as: form.action.type, at: now)
            var known = LoadedCases()
            known.cases[id] = LoadedCase(history)
            trial = Trial(of: message, body: body, known: known, under: policies, at: now)
        } catch {
            trial = .refused(error)
        }
    }

    /// Whether the case is still as it was when its consequence was shown.
    var isAsSeen: Bool { form.seen == history.refundCase.eventCount }
}
