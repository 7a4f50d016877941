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
        guard logins.allows(request.peer, at: now) else {
            log.warning("too many logins", metadata: ["peer": "\(request.peer)"])
            return PageResponse(
                .page(loginPage(problem: "Too many tries. Wait a minute.", back: back, for: viewer)), status: 429,
                retryAfter: 60)
        }
        guard Guarding.isOwnOrigin(request.origin, host: request.host), let token, let said = request.form["token"],
            token.isSame(as: said)
        else {
            logins.noteFailure(of: request.peer, at: now)
            log.warning("a login failed", metadata: ["peer": "\(request.peer)"])
            return PageResponse(
                .page(loginPage(problem: "That is not the token.", back: back, for: viewer)), status: 401)
        }
        let session = sessions.begin(at: now)
        log.notice("logged in", metadata: ["peer": "\(request.peer)"])
        var response = PageResponse.redirect(Link(address: back))
        response.setSession = session.id
        return response
    }

    func logOut(_ visit: Visit) -> PageResponse {
        sessions.end(visit.session.id)
        var response = PageResponse.redirect(Link(""))
        response.setSession = ""
        return response
    }
}
