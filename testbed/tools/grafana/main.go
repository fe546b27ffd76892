// Reads a dashboard from standard input by Grafana's own types, and prints what they do not know or miss.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	plugins.RegisterDefaultPlugins()
	var board dashboard.Dashboard
	tell(board.UnmarshalJSONStrict(text))
	tell(board.Validate())
}

// The types return an empty list of problems where there is none, which is no nil.
func tell(err error) {
	if err != nil && err.Error() != "" {
		fmt.Println(err)
		os.Exit(2)
	}
}
