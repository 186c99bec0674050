"""llama-index's quick start over Chroma with its defaults, to compare with.

    python tests/benchmarks/quick_start.py build SEEDS STORE MODEL
    python tests/benchmarks/quick_start.py ask STORE MODEL QUESTION

SEEDS is a folder of files, STORE the folder that Chroma writes to, MODEL the folder of a sentence-transformers model.
Everything is imported at the top, as in the example of llama-index's documentation; as a script it shows what that
costs.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import chromadb
from llama_index.core import Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.schema import MetadataMode

# Imported by name: they are installed for benchmarks only, and types are checked without them.
HuggingFaceEmbedding: Any = import_module("llama_index.embeddings.huggingface").HuggingFaceEmbedding
ChromaVectorStore: Any = import_module("llama_index.vector_stores.chroma").ChromaVectorStore

COLLECTION = "quickstart"


def embedder(model: str) -> Any:
    """Return the model, loaded."""
    return HuggingFaceEmbedding(model_name=model)


def build(seeds: str, store: str, embed_model: Any) -> VectorStoreIndex:
    """Read the files, split, embed and store them."""
    documents = SimpleDirectoryReader(seeds).load_data()
    collection = chromadb.PersistentClient(path=store).get_or_create_collection(COLLECTION)
    context = StorageContext.from_defaults(vector_store=ChromaVectorStore(chroma_collection=collection))
    return VectorStoreIndex.from_documents(documents, storage_context=context, embed_model=embed_model)


def stored(store: str, embed_model: Any) -> VectorStoreIndex:
    """Open the index that `build` stored."""
    collection = chromadb.PersistentClient(path=store).get_or_create_collection(COLLECTION)
    return VectorStoreIndex.from_vector_store(ChromaVectorStore(chroma_collection=collection), embed_model=embed_model)


def retriever(index: VectorStoreIndex) -> Any:
    """Return the retriever of an index."""
    return index.as_retriever()


def query_engine(index: VectorStoreIndex) -> Any:
    """Return a query engine that finds passages and joins them, because there is no language model."""
    Settings.llm = MockLLM()  # never called; without it, llama-index looks for OpenAI's
    return index.as_query_engine(response_mode="no_text")


def embedded_texts(seeds: str) -> list[str]:
    """Return the texts that `build` embeds, which contain the file's path, too."""
    nodes = Settings.node_parser.get_nodes_from_documents(SimpleDirectoryReader(seeds).load_data())
    return [node.get_content(MetadataMode.EMBED) for node in nodes]


def main() -> None:
    """Build a store, or ask it one question."""
    if sys.argv[1] == "build":
        seeds, store, model = sys.argv[2:]
        build(seeds, store, embedder(model))
    else:
        store, model, question = sys.argv[2:]
        for found in retriever(stored(store, embedder(model))).retrieve(question):
            print(f"{found.score:.3f} {found.text}")


if __name__ == "__main__":
    main()
