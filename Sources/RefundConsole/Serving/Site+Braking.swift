internal import Logging
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

// The fleet's brake: looked at, put on and let go.
extension Site {
    /// The pause that stands, as it was a moment ago; `nil` also while the store can't be asked, which pages tell.
    func pause(at now: Instant) async -> StandingPause? {
        try? await brakes.value(at: now) { try await store.read { try $0.brake() } }.pause
    }

    func payouts(_ visit: Visit, form: BrakeForm? = nil) async throws -> HTML {
        let now = visit.now
        let (pause, history, withheld) = try await store.read { survey in
            let pause = try survey.brake().pause
            return (pause, try survey.brakeHistory(), try pause == nil ? 0 : survey.backlog(at: now).withheldPayouts)
        }
        let model = PayoutsModel(
            pause: pause, history: history, withheld: withheld, form: form ?? BrakeForm(by: visit.session.name),
            sent: visit.request.query["sent"].flatMap { BrakeAction(rawValue: $0) })
        return payoutsPage(model, for: visit.viewer)
    }

    func brake(_ action: BrakeAction, _ visit: Visit) async throws -> PageResponse {
        let form = try BrakeForm(visit.request.form)
        if !form.by.isEmpty { sessions.remember(form.by, in: visit.session.id) }
        guard form.gap == nil else { return PageResponse(.page(try await payouts(visit, form: form)), status: 400) }
        guard let message = form.message(action) else { throw PageProblem.invalid("Say which pause is lifted.") }
        log.notice(
            "a person works the brake", metadata: visit.metadata(["action": "\(action.rawValue)", "by": "\(form.by)"]))
        try await broker.publish(message, at: visit.now)
        return .redirect(Link("payouts", query: [("sent", action.rawValue)]))
    }
}
