package io.agentruntime.examples.documents;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Short documents with enough to say for questions and answers. */
final class Texts {
    static final String OTTERS = """
            # Otters of the north

            The sea otter lives in the cold coastal waters of the northern Pacific Ocean. It eats sea urchins, mussels
            and crabs, and opens their shells with a stone that it carries in a fold of its skin. Sea otters sleep on
            their backs and wrap themselves in kelp, so that the current does not carry them away.

            ## Fur

            The fur of the sea otter is the densest of all animals, with up to one million hairs on a square inch. It
            keeps the animal warm, because sea otters have no layer of fat under their skin.
            """;

    static final String BRIDGES = """
            # How suspension bridges carry their load

            A suspension bridge hangs its deck on vertical cables from two main cables. The main cables run over tall
            towers and are anchored in heavy blocks of concrete at both ends. The towers carry the weight of the whole
            deck down to the foundation.

            ## Wind

            The deck of a suspension bridge must be stiff enough that wind cannot make it swing. After the collapse of
            the Tacoma Narrows Bridge in 1940, engineers tested models of their bridges in wind tunnels.
            """;

    static final String BREAD = """
            # Sourdough bread

            A sourdough starter is a mixture of flour and water in which wild yeast and bacteria live. Bakers feed the
            starter with fresh flour every day. The dough rests for twelve hours before it is baked.

            ## Baking

            The loaf goes into an oven of 250 degrees and is covered for the first twenty minutes. The steam under the
            cover keeps the crust soft until the bread has risen.
            """;

    private Texts() {}

    static Path write(Path folder, String name, String text) throws IOException {
        return Files.writeString(Files.createDirectories(folder).resolve(name), text);
    }

    /** Writes three documents into a folder. */
    static Path folder(Path folder) throws IOException {
        write(folder, "otters.md", OTTERS);
        write(folder, "bridges.md", BRIDGES);
        write(folder, "bread.txt", BREAD);
        return folder;
    }
}
