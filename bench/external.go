package main

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed programs
var programs embed.FS

// compiled is a peer in C++; it is missing where it does not compile. flags come after the file's name, as libraries must.
func compiled(dir, name, file string, bound float64, until int64, flags ...string) *peer {
	p := &peer{name: name, language: "C++", bound: bound, until: until}
	source, err := unpack(dir, file)
	if err != nil {
		p.missing = err
		return p
	}
	binary := filepath.Join(dir, strings.Map(letters, name))
	args := slices.Concat([]string{"-std=c++17", "-O2", "-o", binary, source}, flags)
	if out, err := exec.Command("g++", args...).CombinedOutput(); err != nil {
		p.missing = errors.New(whyNot(err, string(out)))
	}
	p.command = func() ([]string, error) { return []string{binary}, nil }
	return p
}

// letters leaves out what has no place in a file's name.
func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}

// whyNot is the first line in which a compiler tells of an error.
func whyNot(err error, out string) string {
	for line := range strings.Lines(out) {
		if _, text, found := strings.Cut(line, "error: "); found {
			return strings.TrimSpace(text)
		}
	}
	return err.Error()
}

// python is a peer that the system's Python runs, since that is the one for which a system's packages are.
func python(name, file string, until int64) *peer {
	p := &peer{name: name, language: "Python", until: until}
	interpreter := "/usr/bin/python3"
	if _, err := os.Stat(interpreter); err != nil {
		interpreter = "python3"
	}
	if out, err := exec.Command(interpreter, "-c", "import simpy; simpy.Environment").CombinedOutput(); err != nil {
		p.missing = fmt.Errorf("%w: %s", err, lastLine(string(out)))
	}
	text, err := programs.ReadFile("programs/" + file)
	if err != nil {
		p.missing = fmt.Errorf("reading the program: %w", err)
	}
	p.command = func() ([]string, error) { return []string{interpreter, "-c", string(text)}, nil }
	return p
}

// unpack writes a program into a folder, with what it includes.
func unpack(dir, file string) (string, error) {
	for _, name := range []string{file, "phold.h"} {
		text, err := programs.ReadFile("programs/" + name)
		if err != nil {
			return "", fmt.Errorf("reading the program: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return "", fmt.Errorf("unpacking the program: %w", err)
		}
	}
	return filepath.Join(dir, file), nil
}
