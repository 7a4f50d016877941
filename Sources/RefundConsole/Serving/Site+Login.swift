internal import Logging
internal import RefundPolicy

extension Site {
    /// For those who are not logged in: the login page, and its form.
    func logIn(_ request: PageRequest, at now: Instant) async -> PageResponse {
        let viewer = stranger(at: now)
        guard request.method == .post, request.path == ["login"] else {
            let back = request.method == .get ? request.address : "/"
            return PageResponse(.page(loginPage(problem: nil, back: back, for: viewer)), status: 401)
        }
        let back = Link.own(request.form["back"])
        guard Guarding.isOwnOrigin(request.origin, host: request.host) else {
            return problem(
                .refused("This form is not one of this console's. Open the page, and send it from there."), viewer)
        }
        let source = logins.source(browser: request.browser, address: request.peer)
        guard let token, let said = request.form["token"], token.isSame(as: said) else {
            return await turnAway(request, source, back: back, viewer)
        }
        let session = sessions.begin(at: now)
        var response = PageResponse.redirect(Link(address: back))
        response.setSession = session.id
        var browser = sessions.unguessableText()
        if case .browser(let known) = source { browser = known }
        response.setBrowser = browser
        logins.noteSuccess(of: browser, from: source, at: now)
        log.notice("logged in", metadata: ["peer": "\(request.peer)"])
        return response
    }

    private func turnAway(
        _ request: PageRequest, _ source: LoginPatience.Source, back: String, _ viewer: Viewer
    ) async -> PageResponse {
        log.warning("a login failed", metadata: ["peer": "\(request.peer)"])
        switch logins.noteFailure(of: source, at: viewer.now) {
        case .refused(let wait):
            let text = "That is not the token, as others were not. Wait a little."
            return PageResponse(
                .page(loginPage(problem: text, back: back, for: viewer)), status: 429,
                retryAfter: Int(max(wait, .seconds(1)).components.seconds))
        case .held(let wait):
            await pauseFor(wait)
            logins.release(source)
            return PageResponse(
                .page(loginPage(problem: "That is not the token.", back: back, for: viewer)), status: 401)
        }
    }

    func logOut(_ visit: Visit) -> PageResponse {
        sessions.end(visit.session.id)
        var response = PageResponse.redirect(Link(""))
        response.setSession = ""
        return response
    }
}
