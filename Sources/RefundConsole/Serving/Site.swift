internal import Logging
internal import RefundMessages
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// Everything that pages are made of.
struct Site: Sendable {
    let store: StoreDesk
    let indexing: Indexing
    let watching: Watching
    let broker: BrokerDesk
    let workers: WorkerDesk
    let jobs: LetterJobs
    /// Sums over all open cases.
    let dues = Shared<DeadlinesModel>(for: .seconds(10))
    /// The brake, which stands on every page.
    let brakes = Shared<PayoutBrake>(for: .seconds(2))
    let sessions: Sessions
    let logins: LoginPatience
    /// `nil` where whoever gets in is let in.
    let token: AccessToken?
    let isReadOnly: Bool
    let policies: PolicyShelf
    let log: Logger
    let now: @Sendable () -> Instant
    /// Waits that long.
    let pauseFor: @Sendable (Duration) async -> Void

    /// Answers a request, whatever it asks.
    func respond(to request: PageRequest) async -> PageResponse {
        if request.method == .get, request.path.first == "assets" { return asset(request.path) }
        let now = now()
        guard token != nil || Guarding.isOwnName(request.host) else {
            let text = "This console serves whoever can open its socket: open it as 127.0.0.1 or localhost."
            return problem(PageProblem(status: 421, title: "Wrong name", text: text), stranger(at: now))
        }
        var begun: Session?
        var session = request.session.flatMap { sessions.find($0, at: now) }
        if session == nil, token == nil {
            begun = sessions.begin(at: now)
            session = begun
        }
        guard let session else { return await logIn(request, at: now) }
        let viewer = Viewer(
            isReadOnly: isReadOnly, hasLogin: token != nil, csrf: session.csrf, name: session.name, now: now,
            pause: await pause(at: now))
        var response: PageResponse
        do {
            try check(request, session)
            response = try await route(Visit(request: request, session: session, viewer: viewer))
        } catch let error as PageProblem {
            response = problem(error, viewer)
        } catch {
            log.warning(
                "a page could not be made", metadata: ["path": "\(request.path.first ?? "")", "problem": "\(error)"])
            response = problem(.failure(error), viewer)
        }
        if let begun { response.setSession = begun.id }
        return response
    }

    private func asset(_ path: [String]) -> PageResponse {
        guard path.count == 2, let asset = Asset.all.first(where: { $0.name == path[1] }) else {
            return problem(.notFound("There is no such file."), stranger(at: now()))
        }
        return PageResponse(.asset(asset))
    }

    func stranger(at now: Instant) -> Viewer {
        Viewer(isReadOnly: isReadOnly, hasLogin: false, csrf: "", name: "", now: now)
    }

    func problem(_ problem: PageProblem, _ viewer: Viewer) -> PageResponse {
        PageResponse(.page(problemPage(problem, for: viewer)), status: problem.status)
    }

    /// A POST changes something: it must come from a page of ours, and changes must be allowed.
    private func check(_ request: PageRequest, _ session: Session) throws(PageProblem) {
        guard request.method == .post else { return }
        guard Guarding.isOwnOrigin(request.origin, host: request.host), request.form["csrf"] == session.csrf else {
            throw .refused("This form is not one of this session's. Open the page again, and send it from there.")
        }
        let isHarmless = request.path == ["logout"] || request.path == ["login"]
        guard !isReadOnly || isHarmless else { throw .refused("This console was started with --read-only.") }
    }
}

/// A request with whom it is for.
struct Visit: Sendable {
    var request: PageRequest
    var session: Session
    var viewer: Viewer

    var now: Instant { viewer.now }
}
