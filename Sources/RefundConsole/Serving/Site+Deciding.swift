internal import Logging
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

// What people decide about a case: asked, looked at beforehand, and sent.
extension Site {
    func ask(_ action: PersonAction, about id: RequestID, _ visit: Visit) async throws -> HTML {
        let preview = try await preview(ActionForm(action, by: visit.session.name), about: id, visit)
        return actionPage(preview, isChecked: false, hasChanged: false, for: visit.viewer)
    }

    func look(_ action: PersonAction, about id: RequestID, _ visit: Visit) async throws -> HTML {
        let form = try ActionForm(action, visit.request.form)
        if !form.by.isEmpty { sessions.remember(form.by, in: visit.session.id) }
        let preview = try await preview(form, about: id, visit)
        return actionPage(preview, isChecked: true, hasChanged: false, for: visit.viewer)
    }

    func send(_ action: PersonAction, about id: RequestID, _ visit: Visit) async throws -> PageResponse {
        let form = try ActionForm(action, visit.request.form)
        let preview = try await preview(form, about: id, visit)
        guard preview.gaps.isEmpty, preview.isAsSeen else {
            let hasChanged = !preview.isAsSeen
            return PageResponse(
                .page(actionPage(preview, isChecked: true, hasChanged: hasChanged, for: visit.viewer)), status: 409)
        }
        log.notice(
            "a person decides",
            metadata: visit.metadata(["case": "\(id)", "action": "\(action.rawValue)", "by": "\(form.by)"]))
        try await broker.publish(OneMessage(type: action.type, requestID: id, body: preview.body), at: visit.now)
        return .redirect(Link("cases", id.text, query: [("sent", action.rawValue)]))
    }

    private func preview(_ form: ActionForm, about id: RequestID, _ visit: Visit) async throws -> ActionPreview {
        let now = visit.now
        let preview = try await store.read { [policies] survey in
            try ActionPreview(form, about: id, in: survey, under: policies, at: now)
        }
        guard let preview else { throw PageProblem.notFound("There is no case \(id).") }
        return preview
    }
}
