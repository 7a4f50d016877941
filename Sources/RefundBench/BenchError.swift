/// Why a bench can't go on.
public enum BenchError: Error, Sendable, CustomStringConvertible {
    /// It was interrupted, and has cleaned up.
    case interrupted
    case foreignObject(name: String)
    case folder(path: String, reason: String)
    case program(path: String, reason: String)
    case ended(what: String, how: String, lastLines: String)
    case stalled(what: String, count: Int, target: Int, lastLines: String)
    case broker(reason: String)
    case database(reason: String)
    case floor(reason: String)
    case wrongDecision

    public var description: String {
        switch self {
        case .interrupted: "interrupted; everything that it made was taken away"
        case .foreignObject(let name):
            "the broker has \(name) already, which this bench has not made; choose another --amqp-prefix, or remove it"
        case .folder(let path, let reason): "\(path): \(reason); choose another folder with --folder"
        case .program(let path, let reason): "\(path) can't be run: \(reason)"
        case .ended(let what, let how, let lines): "\(what) ended \(how). Its last lines:\n\(lines)"
        case .stalled(let what, let count, let target, let lines):
            "\(what): \(count) of \(target), and nothing more for a minute. The worker's last lines:\n\(lines)"
        case .broker(let reason): "the broker: \(reason)"
        case .database(let reason): "PostgreSQL: \(reason); see --postgresql-url"
        case .floor(let reason): "the floor program: \(reason); see --floor"
        case .wrongDecision: "a request of the bench was not decided as it must be; this is a bug"
        }
    }
}
