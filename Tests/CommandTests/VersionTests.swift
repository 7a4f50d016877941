import Foundation
import Testing

@Suite("Version and completions")
struct VersionTests {
    @Test("--version and version say the same, and --json has its parts")
    func version() throws {
        let flag = try Executable.run(["--version"])
        let command = try Executable.run(["version"])
        #expect(flag.status == 0 && flag.output == command.output)
        let object = try #require(try Executable.run(["version", "--json"]).objects().first)
        let version = try #require(object["version"] as? String)
        let commit = object["commit"] as? String ?? "no commit recorded"
        #expect(flag.output.hasPrefix("refund-worker \(version) (\(commit)"))
    }

    /// The shells that are there; bash always is.
    private static let shells = ["bash", "zsh", "fish"].filter { name in
        ["/usr/bin/", "/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + name) }
    }

    @Test("each shell reads its completions without complaint", arguments: shells)
    func completions(shell: String) throws {
        let printed = try Executable.run(["completions", shell])
        #expect(printed.status == 0)
        for word in ["topology", "store-url", "completions"] { #expect(printed.output.contains(word)) }
        try Fixtures.inDirectory { directory in
            let file = directory.appending(path: "completions")
            try Data(printed.output.utf8).write(to: file)
            let checked = try Executable.run(
                [], environment: ["SHELL_NAME": shell, "FILE": file.path], script: #""$SHELL_NAME" -n "$FILE""#)
            #expect(checked.status == 0 && checked.errors.isEmpty, "\(checked.errors)")
        }
    }

    @Test("bash completes subcommands, flags and the values of a choice")
    func bash() throws {
        let printed = try Executable.run(["completions", "bash"])
        let script = """
            . "$FILE"
            try() {
                COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMPREPLY=()
                _refund-worker refund-worker "${@: -1}" "${@: -2:1}"
                printf '%s\\n' "${COMPREPLY[*]}"
            }
            try refund-worker top
            try refund-worker cases list --sta
            try refund-worker completions z
            """
        try Fixtures.inDirectory { directory in
            let file = directory.appending(path: "completions")
            try Data(printed.output.utf8).write(to: file)
            let outcome = try Executable.run(
                [], environment: ["FILE": file.path, "TRIED": script], script: #"bash -c "$TRIED""#)
            #expect(outcome.lines.map { $0.trimmingCharacters(in: .whitespaces) } == ["topology", "--status", "zsh"])
        }
    }
}
