//go:build !linux

package main

func wantLargePages() {}
